using System.Globalization;
using System.Text;
using StereoSpike.Ingest;

namespace StereoSpike.Serve;

/// <summary>The counters in Prometheus' text format.</summary>
/// <remarks>Source: Prometheus, "Exposition formats", text format 0.0.4.</remarks>
internal static class LiveMetrics
{
    public static string Text(LiveSession session, Viewers viewers)
    {
        var text = new StringBuilder();
        Add("up", "gauge", "1 while the stream is answered, 0 when it has ended or failed.", ("", session.Status == "running" ? 1 : 0));
        Add("viewers", "gauge", "Pages that watch.", ("", viewers.Count));
        Add("viewer_frames_total", "counter", "Frames sent to pages.", ("", viewers.Sent));
        if (session.Counters is not { } counters)
        {
            return text.ToString();
        }

        StreamTally events = counters.Events;
        StreamFaults faults = counters.Faults;
        Add("events_in_total", "counter", "Events that came in.", ("", events.In));
        Add("events_total", "counter", "Events by what became of them; with those waiting they add up to those that came in.",
            ("fate=\"used\"", events.Used), ("fate=\"skipped\"", events.Skipped), ("fate=\"off_sensor\"", events.OffSensor), ("fate=\"late\"", events.Late));
        Add("events_waiting", "gauge", "Events on their way.", ("", events.Waiting));
        Add("events_per_second", "gauge", "Events that came in during the last second, a second.", ("", counters.EventsPerSecond));
        Add("windows_total", "counter", "Windows by what became of them.", ("fate=\"answered\"", counters.Answered), ("fate=\"skipped\"", counters.SkippedWindows));
        Add("backlog_windows", "gauge", "Windows that wait or are being answered.", ("", counters.Backlog));
        Add("frames_per_second", "gauge", "Answers of the last second, a second.", ("", counters.FramesPerSecond));
        Add("latency_seconds", "summary", "From the arrival of what completed a window to the finished depth.",
            ("quantile=\"0.5\"", counters.LatencyMs(0.5) / 1e3), ("quantile=\"0.95\"", counters.LatencyMs(0.95) / 1e3), ("quantile=\"0.99\"", counters.LatencyMs(0.99) / 1e3));
        Add("firing_rate", "gauge", "Mean firing rate of the network.", ("", counters.MeanFiringRate));
        Add("clock_restarts_total", "counter", "New beginnings of the source's clock.", ("", counters.Restarts));
        Add("packets_malformed_total", "counter", "Packets that were thrown away.", ("", faults.MalformedPackets));
        Add("packets_lost", "gauge", "Packets that never came.", ("", faults.LostPackets));
        Add("events_repeated_total", "counter", "Events of packets that came a second time.", ("", faults.RepeatedEvents));
        Add("silent_seconds", "gauge", "How long nothing has come from a camera.", ("camera=\"left\"", counters.SilentSeconds(Camera.Left)), ("camera=\"right\"", counters.SilentSeconds(Camera.Right)));
        return text.ToString();

        void Add(string name, string type, string help, params ReadOnlySpan<(string Label, double Value)> samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP stereospike_{name} {help}\n# TYPE stereospike_{name} {type}\n");
            foreach ((string label, double value) in samples)
            {
                text.Append(CultureInfo.InvariantCulture, $"stereospike_{name}{(label.Length > 0 ? $"{{{label}}}" : "")} {(double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture))}\n");
            }
        }
    }
}
