using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>What <c>info</c> says of a file of one camera's events.</summary>
internal static class EventFileInfo
{
    private const int BatchEvents = 1 << 16;
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>Reads it through.</summary>
    public static JsonObject Describe(IEventReader reader)
    {
        var summary = new EventSummary(reader.Sensor);
        var batch = new DvsEvent[BatchEvents];
        using (var progress = new TerminalProgress("reading "))
        {
            for (int read = reader.Read(batch); read > 0; read = reader.Read(batch))
            {
                summary.Add(batch.AsSpan(0, read));
                progress.Report((long)(reader.Progress * 1000), 1000);
            }
        }

        return Describe(CameraEvents.NameOf(reader.Format), summary, reader.Sensor, reader is SequenceReader { ClockOffsetUs: var offsetUs } ? offsetUs : null, reader.Dropped);
    }

    /// <summary>How a camera behaved: rates, order, hot pixels.</summary>
    public static JsonObject Behaviour(EventSummary summary)
    {
        long[] rate = summary.Rate.ToArray();
        return new JsonObject
        {
            ["events_per_second"] = Answer.Number(summary.Count / (summary.DurationUs / 1e6), 0),
            ["peak_events_per_second"] = Answer.Number(rate.Length == 0 ? double.NaN : rate.Max() / (summary.RateSpanUs / 1e6), 0),
            ["rate"] = string.Concat(rate.Select(count => Bars[(int)(count * (Bars.Length - 1) / Math.Max(1, rate.Max()))])),
            ["rate_span_us"] = summary.RateSpanUs,
            ["steps_back"] = summary.StepsBack,
            ["farthest_back_us"] = summary.FarthestBackUs,
            ["hot_pixel_share"] = Answer.Number(summary.HotShare, 4),
        };
    }

    private static JsonObject Describe(string format, EventSummary summary, SensorSize sensor, long? originUs, IReadOnlyDictionary<string, long> dropped)
    {
        var result = new JsonObject
        {
            ["format"] = format,
            ["width"] = sensor.Width,
            ["height"] = sensor.Height,
            ["events"] = summary.Count,
            ["origin_us"] = originUs ?? (summary.Count == 0 ? 0 : summary.FirstUs),
            ["duration_us"] = summary.DurationUs,
            ["on_share"] = Answer.Number((double)summary.On / summary.Count, 4),
            ["labels"] = 0,
        };
        foreach ((string key, JsonNode? value) in Behaviour(summary))
        {
            result[key] = value?.DeepClone();
        }

        result["dropped"] = new JsonObject(dropped.Select(loss => KeyValuePair.Create(loss.Key, (JsonNode?)loss.Value)));
        return result;
    }
}
