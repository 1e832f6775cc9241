from xml.etree import ElementTree

from odoo.tests import BaseCase

from ..rules import route_graph


def stage(number, status="registered", outcome="", name=None):
    return {
        "id": number,
        "name": name or f"Stage {number}",
        "status": status,
        "outcome": outcome,
    }


def way(start, end, trigger="done", name="", party="", **values):
    return {
        "from": start,
        "to": end,
        "trigger": trigger,
        "name": name,
        "reason_party": party,
        **values,
    }


class TestRouteGraph(BaseCase):
    """The picture of a route: pure functions over plain data."""

    def draw(self, stages, ways):
        return ElementTree.fromstring(str(route_graph.draw(stages, ways)))

    def texts(self, picture):
        return [node.text for node in picture.iter() if node.tag.endswith("text")]

    def paths(self, picture):
        return [
            node.get("d")
            for node in picture.iter()
            if node.tag.endswith("path") and node.get("marker-end")
        ]

    def test_no_stages_draw_nothing(self):
        self.assertEqual(route_graph.draw([], []), "")

    def test_stage_stands_one_column_behind_the_first_way_to_it(self):
        stages = [stage(1), stage(2), stage(3)]
        columns = route_graph.layers(stages, [way(1, 2), way(2, 3), way(3, 1)])
        self.assertEqual(columns, [[1], [2], [3]])

    def test_unreachable_stage_stands_last(self):
        columns = route_graph.layers([stage(1), stage(2), stage(3)], [way(1, 3)])
        self.assertEqual(columns, [[1], [3], [2]])

    def test_every_stage_and_every_way_is_written_out(self):
        stages = [stage(1, "new"), stage(2, "cancelled"), stage(3)]
        ways = [
            way(1, 3, name="Checked"),
            way(1, 2, "failed", "Refused", "customer"),
            way(1, 2, "button", "Broken", "technical", label="Broken (technical)"),
        ]
        texts = self.texts(self.draw(stages, ways))
        for text in ("Stage 1", "Stage 2", "Stage 3", "Checked", "Refused"):
            self.assertIn(text, texts)
        self.assertIn("Broken (technical)", texts)

    def test_two_ways_between_the_same_stages_share_one_line(self):
        stages = [stage(1, "new"), stage(2, "cancelled")]
        ways = [way(1, 2, "failed", "a", "customer"), way(1, 2, "button", "b")]
        self.assertEqual(len(self.paths(self.draw(stages, ways))), 1)

    def test_cancelled_stages_stand_below_the_good_way(self):
        stages = [stage(1, "new"), stage(2, "cancelled"), stage(3, "delivered")]
        picture = self.draw(stages, [way(1, 2), way(1, 3)])
        tops = {
            group.find("{*}title").text: int(group.find("{*}rect").get("y"))
            for group in picture.iter("{http://www.w3.org/2000/svg}g")
        }
        self.assertEqual(tops["Stage 1"], tops["Stage 3"])
        self.assertGreater(tops["Stage 2"], tops["Stage 1"])

    def test_lines_back_and_over_stages_and_to_oneself_stay_inside_the_picture(self):
        stages = [stage(number) for number in range(1, 7)]
        ways = [way(number, number + 1) for number in range(1, 6)]
        ways += [way(5, 1, "button"), way(1, 6, "timer"), way(3, 3, "timer")]
        picture = self.draw(stages, ways)
        height = int(picture.get("height"))
        for path in self.paths(picture):
            numbers = [int(part.strip("ML")) for part in path.split()]
            self.assertGreaterEqual(min(numbers[1::2]), 0)
            self.assertLessEqual(max(numbers[1::2]), height)

    def test_way_to_an_unknown_stage_is_left_out(self):
        self.assertEqual(self.paths(self.draw([stage(1)], [way(1, 9)])), [])

    def test_every_text_is_escaped(self):
        bad = "<script>alert(1)</script>"
        svg = route_graph.draw(
            [stage(1, name=bad), stage(2)], [way(1, 2, name=bad, label=bad)]
        )
        self.assertNotIn("<script", svg)

    def test_long_names_are_shortened_and_told_in_full_on_hover(self):
        name = "A very long name of a stage that does not fit"
        picture = self.draw([stage(1, name=name)], [])
        self.assertIn(name, [node.text for node in picture.findall(".//{*}title")])
        self.assertNotIn(name, self.texts(picture))

    def test_the_longest_way_of_a_shipped_route_fits_a_small_laptop(self):
        stages = [stage(number) for number in range(1, 7)] + [stage(7, "cancelled")]
        ways = [way(number, number + 1) for number in range(1, 6)]
        ways += [way(number, 7, "failed", "Refused", "customer") for number in (1, 2)]
        self.assertLessEqual(int(self.draw(stages, ways).get("width")), 1190)

    def test_long_names_of_ways_go_on_in_a_second_line(self):
        name = "The order cannot be carried out as it is"
        stages = [stage(1, "new"), stage(2, "cancelled")]
        texts = self.texts(
            self.draw(stages, [way(1, 2, "failed", name, "technical", label=name)])
        )
        self.assertIn(name, " ".join(texts))

    def test_names_of_ways_stay_inside_the_picture(self):
        stages = [stage(1, "new"), stage(2, "cancelled")]
        name = "Refused for a reason nobody has thought of"
        picture = self.draw([*stages, stage(3)], [way(1, 3), way(3, 2, name=name)])
        width = int(picture.get("width"))
        for node in picture.iter("{http://www.w3.org/2000/svg}text"):
            half = 0.5 if node.get("text-anchor") == "middle" else 1
            end = int(node.get("x")) + half * len(node.text) * 6.5
            self.assertLessEqual(end, width, node.text)
