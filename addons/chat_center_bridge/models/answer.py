"""What our doors answer can be carried by every protocol Odoo speaks."""


def without_none(answer):
    """An answer in which False, Odoo's word for nothing, stands for None.

    XML-RPC has no None, and refuses an answer that holds one.

    :param answer: of dicts, lists and plain values
    """
    if isinstance(answer, dict):
        return {key: without_none(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [without_none(value) for value in answer]
    return False if answer is None else answer
