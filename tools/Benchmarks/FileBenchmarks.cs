using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>From a file in MVSEC's layout, in the page cache, to spike frames: the whole of it in 50 ms windows.</summary>
/// <remarks>A contiguous file is written here. Another, such as a deflated one, is named by the environment variable <c>STEREOSPIKE_BENCHMARK_FILE</c>;
/// it must hold as many events as <see cref="Events"/> for its rate to be right.</remarks>
public class FileBenchmarks
{
    private const long WindowUs = 50_000;
    private const string Contiguous = "contiguous";
    private readonly PolarityHistogramEncoder _encoder = new();
    private string _folder = "";
    private MvsecRecording _recording = null!;
    private StereoWindowReader _windows = null!;
    private float[] _values = [];

    /// <summary>Events of one second, both cameras.</summary>
    [Params(5_000_000)]
    public int Events { get; set; }

    /// <summary>The file: written here, or named by the environment.</summary>
    [ParamsSource(nameof(Files))]
    public string File { get; set; } = Contiguous;

    /// <summary>The files to read.</summary>
    public static IEnumerable<string> Files => Environment.GetEnvironmentVariable("STEREOSPIKE_BENCHMARK_FILE") is { Length: > 0 } named ? [Contiguous, named] : [Contiguous];

    /// <summary>Writes and opens the file.</summary>
    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("stereospike-benchmark").FullName;
        using var synthetic = new SyntheticRecording(Events, 1_000_000, rectified: true);
        string path = File == Contiguous ? Write(synthetic) : File;
        _recording = MvsecRecording.Open(path, synthetic.Rig);
        _windows = new StereoWindowReader(_recording);
        _values = new float[_encoder.Channels * synthetic.Rig.Sensor.Pixels];
    }

    /// <summary>Closes and deletes it.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _recording.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Read, decode, check, encode.</summary>
    [Benchmark(Baseline = true)]
    public int ToFrames() => WholeRecording.ToFrames(_windows, WindowUs, _encoder, _values);

    private string Write(SyntheticRecording synthetic)
    {
        string path = Path.Combine(_folder, "synthetic_data.hdf5");
        using var writer = new MvsecWriter(path, synthetic.Rig, calibration: null, synthetic.OriginUs);
        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            var events = new DvsEvent[synthetic.Events(camera).Count];
            synthetic.Events(camera).Read(0, events);
            writer.WriteEvents(camera, events);
        }

        writer.Complete();
        return path;
    }
}
