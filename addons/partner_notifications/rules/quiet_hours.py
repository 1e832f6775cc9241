"""Hours in which a person gets no copies by e-mail or SMS."""

from datetime import datetime, timedelta


def end(moment, begins, ends):
    """When the quiet hours that hold ``moment`` are over.

    :param datetime moment: the person's own clock, without a zone
    :param float begins, ends: hours of the day, 22.5 is 22:30; the second may be of the
        next day; equal: there are no quiet hours
    :return: datetime of the same clock, or None outside quiet hours
    """
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    over_midnight = begins > ends
    if over_midnight:
        is_quiet = hour >= begins or hour < ends
    else:
        is_quiet = begins <= hour < ends
    if not is_quiet:
        return None
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    days = 1 if over_midnight and hour >= begins else 0
    return midnight + timedelta(days=days, minutes=round(ends * 60))


def read(word):
    """The hour of the day a word names.

    :param str word: as of a browser's time field, "22:30"
    :return: float, 22.5; 0.0 for an empty word
    :raises ValueError: it is no time of the day
    """
    if not word:
        return 0.0
    moment = datetime.strptime(word, "%H:%M")
    return moment.hour + moment.minute / 60


def write(hour):
    """The word a browser's time field shows for an hour of the day."""
    hours, minutes = divmod(round(hour * 60), 60)
    return f"{hours:02}:{minutes:02}"
