from . import answer, contact, intake, payload, route_check, route_graph, working_time
