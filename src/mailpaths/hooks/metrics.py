"""`MetricsServer`: the hook's statistics over HTTP, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.listening import explained
from mailpaths.hooks.statistics import HookStatistics

if TYPE_CHECKING:
    from prometheus_client.core import Metric

__all__ = ["MetricsServer"]

_NAME = "mailpaths_hook"


class MetricsServer:
    """Answers ``GET /metrics`` in a thread of its own, so that whoever asks keeps no mail waiting.

    Making one raises `ModuleNotFoundError` without ``mailpaths[server]``.
    """

    def __init__(self, statistics: HookStatistics) -> None:
        if find_spec("prometheus_client") is None:
            raise ModuleNotFoundError(
                "metrics need prometheus-client, which is not installed: pip install 'mailpaths[server]'",
                name="prometheus_client",
            )
        self._statistics = statistics
        self.place: Endpoint | None = None

    def start(self, endpoint: Endpoint) -> None:
        """Listen there. Raises `ListenError` where that cannot be."""
        from prometheus_client import CollectorRegistry, start_http_server

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(self._statistics))
        with explained(f"http://{endpoint}"):
            self._server, self._thread = start_http_server(endpoint.port, endpoint.host, registry)
        self.place = Endpoint(endpoint.host, self._server.server_port)

    def stop(self) -> None:
        """End, if it has begun."""
        if self.place is not None:
            self.place = None
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


class _Collector:
    """What prometheus_client asks for the figures: the hook counts them in plain numbers, at no cost to a lookup."""

    def __init__(self, statistics: HookStatistics) -> None:
        self._statistics = statistics

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        counts = self._statistics
        yield GaugeMetricFamily(f"{_NAME}_uptime_seconds", "Time since the hook began.", counts.uptime)
        age = counts.rules_age
        if age is not None:
            yield GaugeMetricFamily(f"{_NAME}_rules_age_seconds", "Time since the rules were loaded.", age)
        yield GaugeMetricFamily(f"{_NAME}_connections_open", "Connections that are open.", counts.open)
        yield CounterMetricFamily(f"{_NAME}_connections", "Connections, with those beyond the limit.", counts.accepted)
        yield CounterMetricFamily(
            f"{_NAME}_connections_refused", "Connections beyond the limit, told to try again.", counts.refused
        )
        yield CounterMetricFamily(f"{_NAME}_faults", "Faults of the hook or of a router.", counts.faults)
        for name, text, label, found in (
            ("closed", "Connections that ended, by reason.", "reason", counts.closed),
            ("reloads", "Rules that were loaded, or failed to load.", "outcome", counts.reloads),
        ):
            family = CounterMetricFamily(f"{_NAME}_{name}", text, labels=[label])
            for key, number in tuple(found.items()):
                family.add_metric([key], number)
            yield family
        lookups = CounterMetricFamily(f"{_NAME}_lookups", "Lookups, by map and result.", labels=["map", "result"])
        for (map_name, result), number in tuple(counts.lookups.items()):
            lookups.add_metric([map_name, result], number)
        yield lookups
        latency = counts.latency
        yield HistogramMetricFamily(
            f"{_NAME}_latency_seconds",
            "Time from a request to its reply.",
            buckets=latency.buckets(),
            sum_value=latency.seconds,
        )
