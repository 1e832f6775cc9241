"""What a caller gives a new record, by value or by the context."""

DEFAULT = "default_"


def given_names(env, vals_list):
    """The fields that a create of ``vals_list`` names, ``default_*`` keys included.

    :param env: of the caller
    :return: set of field names
    """
    defaults = {
        key.removeprefix(DEFAULT) for key in env.context if key.startswith(DEFAULT)
    }
    return defaults.union(*vals_list)
