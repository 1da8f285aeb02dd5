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
        ["npz"] = EventFormat.Npz,
        ["dsec"] = EventFormat.Hdf5Columns,
    };

    /// <summary>The kind of an output: what <c>--to</c> says, or else its ending; null for MVSEC layout.</summary>
    public static string? KindOf(string target, string? to)
    {
        string kind = to ?? Path.GetExtension(target).TrimStart('.').ToLowerInvariant();
        return Formats.ContainsKey(kind) ? kind : null;
    }

    /// <summary>Writes an event file.</summary>
    /// <param name="source">The events, in the order of time; disposed at the end.</param>
    /// <param name="target">Where to; - is standard output.</param>
    /// <param name="kind">One of <see cref="Formats"/>.</param>
    /// <param name="cancellation">Stops between two pieces.</param>
    public static JsonObject Run(IEventReader source, string target, string kind, CancellationToken cancellation)
    {
        using (source)
        {
            long written = 0;
            Write(target, kind, source.Sensor, writer =>
            {
                var batch = new DvsEvent[BatchEvents];
                using var progress = new TerminalProgress("converting");
                for (int read = source.Read(batch); read > 0; read = source.Read(batch))
                {
                    cancellation.ThrowIfCancellationRequested();
                    writer.Write(batch.AsSpan(0, read));
                    written += read;
                    progress.Report((long)(source.Progress * 1000), 1000);
                }
            });
            JsonObject result = Result(target, kind, written, written + source.Dropped.Values.Sum(), source.Dropped);
            result["sorted"] = source is TimeOrder ordered ? ordered.Moved : null;
            return result;
        }
    }

    private static void Write(string target, string kind, SensorSize sensor, Action<IEventWriter> write)
    {
        if (Formats[kind] is EventFormat.Npz or EventFormat.Hdf5Columns)
        {
            if (target == CameraEvents.Pipe)
            {
                throw new ArgumentException($"{kind} is written to a file, not to a pipe: its columns are put together at the end.");
            }

            using ColumnWriter columns = EventFiles.CreateFile(target, Formats[kind], sensor);
            write(columns);
            columns.Complete();
        }
        else if (target == CameraEvents.Pipe)
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
