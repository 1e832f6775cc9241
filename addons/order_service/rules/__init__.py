from . import route_check, route_graph, working_time
