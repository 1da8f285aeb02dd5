namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Event files in memory.</summary>
internal static class EventFileBytes
{
    /// <summary>Every format that is written.</summary>
    public static readonly EventFormat[] Written = [EventFormat.Evt2, EventFormat.Evt3, EventFormat.Dat, EventFormat.Aedat4];

    public static byte[] Write(EventFormat format, SensorSize sensor, params ReadOnlySpan<DvsEvent> events)
    {
        using var stream = new MemoryStream();
        IEventWriter writer = EventFiles.Create(stream, format, sensor);
        writer.Write(events);
        writer.Complete();
        return stream.ToArray();
    }

    public static List<DvsEvent> Read(byte[] file, string name = "test", EventFileOptions? options = null) => Read(file, out _, name, options);

    public static List<DvsEvent> Read(byte[] file, out IReadOnlyDictionary<string, long> dropped, string name = "test", EventFileOptions? options = null, int batch = EventFiles.SmallestBatch)
    {
        using IEventReader reader = EventFiles.Open(new MemoryStream(file), name, options);
        List<DvsEvent> events = ReadAll(reader, batch);
        dropped = reader.Dropped;
        return events;
    }

    public static List<DvsEvent> ReadAll(IEventReader reader, int batch = EventFiles.SmallestBatch)
    {
        var events = new List<DvsEvent>();
        var buffer = new DvsEvent[batch];
        for (int read = reader.Read(buffer); read > 0; read = reader.Read(buffer))
        {
            events.AddRange(buffer.AsSpan(0, read));
        }

        return events;
    }
}
