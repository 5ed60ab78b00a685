"""The one keeper of an application, made with the first question."""

from threading import Lock

from reporting.web.statistics.keeper import StatisticKeeper
from reporting.web.visit import Visit

_making = Lock()


def keeper_of(visit: Visit) -> StatisticKeeper:
    """The keeper of the application that was asked."""
    state = visit.request.app.state
    with _making:
        if not hasattr(state, "statistics"):
            state.statistics = StatisticKeeper(visit.settings.engine, visit.settings.clock)
    keeper: StatisticKeeper = state.statistics
    return keeper
