using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>What <c>convert</c> does where one camera's events are to be written: from an event file, or from one camera of a stereo recording.</summary>
internal static class EventFileConversion
{
    private const int BatchEvents = 1 << 16;

    /// <summary>What can be written, by name and ending.</summary>
    public static readonly Dictionary<string, EventFormat> Formats = new(StringComparer.Ordinal)
    {
        ["evt2"] = EventFormat.Evt2,
        ["evt3"] = EventFormat.Evt3,
        ["raw"] = EventFormat.Evt3,
        ["dat"] = EventFormat.Dat,
        ["aedat4"] = EventFormat.Aedat4,
        ["txt"] = EventFormat.Text,
        ["csv"] = EventFormat.Text,
    };

    /// <summary>The kind of an output: what <c>--to</c> says, or else its ending; null for MVSEC layout.</summary>
    public static string? KindOf(string target, string? to)
    {
        string kind = to ?? Path.GetExtension(target).TrimStart('.').ToLowerInvariant();
        return Formats.ContainsKey(kind) ? kind : null;
    }

    /// <summary>Writes an event file from another.</summary>
    public static JsonObject Run(IEventReader source, long sortUs, string target, string kind, CancellationToken cancellation)
    {
        using var ordered = new TimeOrder(source, sortUs);
        long written = 0;
        Write(target, kind, source.Sensor, writer =>
        {
            var batch = new DvsEvent[BatchEvents];
            using var progress = new TerminalProgress("converting");
            for (int read = ordered.Read(batch); read > 0; read = ordered.Read(batch))
            {
                cancellation.ThrowIfCancellationRequested();
                writer.Write(batch.AsSpan(0, read));
                written += read;
                progress.Report((long)(ordered.Progress * 1000), 1000);
            }
        });
        JsonObject result = Result(target, kind, written, written + ordered.Dropped.Values.Sum(), ordered.Dropped);
        result["sorted"] = ordered.Moved;
        return result;
    }

    /// <summary>Writes an event file from one camera of a recording, in its own pixels, µs since the recording's origin.</summary>
    public static JsonObject Run(IEventSequence events, string target, string kind, CancellationToken cancellation)
    {
        Write(target, kind, events.Sensor, writer =>
        {
            var batch = new DvsEvent[BatchEvents];
            using var progress = new TerminalProgress("converting");
            for (long first = 0; first < events.Count; first += batch.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<DvsEvent> read = batch.AsSpan(0, (int)Math.Min(batch.Length, events.Count - first));
                events.Read(first, read);
                writer.Write(read);
                progress.Report(first, events.Count);
            }
        });
        return Result(target, kind, events.Count, events.Count, new Dictionary<string, long>());
    }

    private static void Write(string target, string kind, SensorSize sensor, Action<IEventWriter> write)
    {
        if (target == EventSource.Pipe)
        {
            using Stream output = Console.OpenStandardOutput();
            To(output);
        }
        else
        {
            WholeFile.Write(target, To);
        }

        void To(Stream stream)
        {
            IEventWriter writer = EventFiles.Create(stream, Formats[kind], sensor, commas: kind == "csv");
            write(writer);
            writer.Complete();
        }
    }

    private static JsonObject Result(string target, string kind, long written, long read, IReadOnlyDictionary<string, long> dropped) => new()
    {
        ["out"] = target,
        ["format"] = kind,
        ["events_read"] = read,
        ["events_written"] = written,
        ["dropped"] = new JsonObject(dropped.Select(loss => KeyValuePair.Create(loss.Key, (JsonNode?)loss.Value))),
    };
}
