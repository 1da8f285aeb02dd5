using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>Event files in memory, read to their end into one buffer: what decoding costs, one thread, no disk.</summary>
public class DecoderBenchmarks
{
    private static readonly SensorSize Sensor = new(1280, 720);
    private readonly DvsEvent[] _batch = new DvsEvent[1 << 14];
    private byte[] _file = [];

    /// <summary>Events of the file.</summary>
    [Params(4_000_000)]
    public int Events { get; set; }

    /// <summary>The file's format.</summary>
    [Params(EventFormat.Evt2, EventFormat.Evt3, EventFormat.Dat, EventFormat.Aedat4)]
    public EventFormat Format { get; set; }

    /// <summary>Writes the file: one second of an edge that sweeps the sensor.</summary>
    [GlobalSetup]
    public void Write()
    {
        using var stream = new MemoryStream();
        IEventWriter writer = EventFiles.Create(stream, Format, Sensor);
        writer.Write(SyntheticEvents.Edge(Sensor, new TimeWindow(0, 1_000_000), Events, 1));
        writer.Complete();
        _file = stream.ToArray();
    }

    /// <summary>Reads it.</summary>
    [Benchmark(Baseline = true)]
    public long Read()
    {
        using IEventReader reader = EventFiles.Open(new MemoryStream(_file), "benchmark");
        long count = 0;
        for (int read = reader.Read(_batch); read > 0; read = reader.Read(_batch))
        {
            count += read;
        }

        return count;
    }
}
