"""`MetricsFile`: a server's statistics in a file, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mailpaths.pathservice.statistics import Statistics

if TYPE_CHECKING:
    from prometheus_client.core import Metric

__all__ = ["MetricsFile"]

_NAME = "mailpaths_path_service"


class MetricsFile:
    """Writes the statistics to a file, which is replaced only once the new one is whole.

    Prometheus's node exporter collects such files (``*.prom``) from a directory. Making one raises
    `ModuleNotFoundError` without ``mailpaths[server]``.
    """

    def __init__(self, path: str | Path, statistics: Statistics) -> None:
        """Make one: see the class."""
        if find_spec("prometheus_client") is None:
            raise ModuleNotFoundError(
                "metrics need prometheus-client, which is not installed: pip install 'mailpaths[server]'",
                name="prometheus_client",
            )
        self.path = Path(path)
        self._statistics = statistics

    def write(self) -> None:
        """Write the file. Raises `OSError` where that fails; then the old one stays as it was."""
        from prometheus_client import CollectorRegistry, write_to_textfile

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(self._statistics))
        write_to_textfile(str(self.path), registry)


class _Collector:
    """What prometheus_client asks for the figures: the server counts them in plain numbers, at no cost to a request."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        counts = self._statistics
        yield GaugeMetricFamily(f"{_NAME}_uptime_seconds", "Time since the server began.", counts.uptime)
        yield GaugeMetricFamily(f"{_NAME}_hosts", "Hosts that the database lists.", counts.hosts)
        age = counts.database_age
        if age is not None:
            yield GaugeMetricFamily(f"{_NAME}_database_age_seconds", "Time since the database was loaded.", age)
        yield GaugeMetricFamily(f"{_NAME}_connections_open", "Connections that are open.", counts.open)
        yield CounterMetricFamily(f"{_NAME}_connections", "Connections, with those refused.", counts.accepted)
        yield CounterMetricFamily(f"{_NAME}_faults", "Faults of the server or its router.", counts.faults)
        for name, text, label, found in (
            ("refused", "Connections that were refused, by reply code.", "code", counts.refused),
            ("closed", "Connections that ended, by reason.", "reason", counts.closed),
            ("reloads", "Databases that were loaded, or failed to load.", "outcome", counts.reloads),
        ):
            family = CounterMetricFamily(f"{_NAME}_{name}", text, labels=[label])
            for key, number in tuple(found.items()):
                family.add_metric([key], number)
            yield family
        requests = CounterMetricFamily(f"{_NAME}_requests", "Requests, by command and reply.", labels=["verb", "code"])
        for (verb, code), number in tuple(counts.requests.items()):
            requests.add_metric([verb, str(code)], number)
        yield requests
        text = "Time from a command to its reply."
        latency = counts.latency
        yield HistogramMetricFamily(
            f"{_NAME}_latency_seconds", text, buckets=latency.buckets(), sum_value=latency.seconds
        )
