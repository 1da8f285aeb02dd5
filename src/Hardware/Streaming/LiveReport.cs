using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>What a live pipeline tells of itself, with the keys that the command line, the server and its metrics share.</summary>
public static class LiveReport
{
    /// <summary>A frame in figures.</summary>
    /// <param name="frame">The frame.</param>
    public static JsonObject Of(LiveFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var depths = new MagnitudeHistogram();
        int supported = 0;
        for (int i = 0; i < frame.Supported.Length; i++)
        {
            if (frame.Supported[i] != 0)
            {
                depths.Add(frame.Depth.Metres[i]);
                supported++;
            }
        }

        return new JsonObject
        {
            ["frame"] = frame.Index,
            ["start_us"] = frame.Window.StartUs,
            ["time_us"] = frame.TimeUs,
            ["events_left"] = frame.LeftCount,
            ["events_right"] = frame.RightCount,
            ["supported_share"] = Number((double)supported / frame.Supported.Length),
            ["depth_p5_m"] = Depth(0.05),
            ["depth_p50_m"] = Depth(0.5),
            ["depth_p95_m"] = Depth(0.95),
            ["firing_rate"] = Number(frame.MeanFiringRate),
            ["work_ms"] = Number(frame.WorkMs, 3),
            ["latency_ms"] = Number(frame.LatencyMs, 3),
        };

        JsonNode? Depth(double share) => depths.Weight > 0 ? Number(depths.Quantile(share), 4) : null;
    }

    /// <summary>The counters of a run.</summary>
    /// <param name="counters">The counters.</param>
    public static JsonObject Of(LiveCounters counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        StreamTally events = counters.Events;
        StreamFaults faults = counters.Faults;
        return new JsonObject
        {
            ["seconds"] = Number(counters.Seconds, 3),
            ["frames"] = counters.Answered,
            ["windows"] = counters.Windows,
            ["windows_skipped"] = counters.SkippedWindows,
            ["backlog"] = counters.Backlog,
            ["events"] = new JsonObject
            {
                ["in"] = events.In,
                ["used"] = events.Used,
                ["skipped"] = events.Skipped,
                ["off_sensor"] = events.OffSensor,
                ["late"] = events.Late,
                ["waiting"] = events.Waiting,
            },
            ["events_per_second"] = Number(counters.EventsPerSecond, 0),
            ["frames_per_second"] = Number(counters.FramesPerSecond, 2),
            ["latency_ms_p50"] = Number(counters.LatencyMs(0.5), 3),
            ["latency_ms_p95"] = Number(counters.LatencyMs(0.95), 3),
            ["latency_ms_p99"] = Number(counters.LatencyMs(0.99), 3),
            ["firing_rate"] = Number(counters.MeanFiringRate),
            ["clock_restarts"] = counters.Restarts,
            ["silent_s"] = new JsonObject { ["left"] = Number(counters.SilentSeconds(Camera.Left), 3), ["right"] = Number(counters.SilentSeconds(Camera.Right), 3) },
            ["packets_malformed"] = faults.MalformedPackets,
            ["packets_lost"] = faults.LostPackets,
            ["events_repeated"] = faults.RepeatedEvents,
            ["connections"] = faults.Connections,
            ["connections_refused"] = faults.RefusedConnections,
        };
    }

    /// <summary>A number for JSON, which knows neither NaN nor infinity: those become null.</summary>
    private static JsonNode? Number(double value, int decimals = 6) => double.IsFinite(value) ? Math.Round(value, decimals) : null;
}
