"""Chinese auction notices, item descriptions and page texts, read into fields and facts."""

from crawler.notices.markup import text_of
from crawler.notices.reading import NoticeReading, read_notice
from crawler.notices.rounds import ROUND_LABELS, STATUS_LABELS

__all__ = ["ROUND_LABELS", "STATUS_LABELS", "NoticeReading", "read_notice", "text_of"]
