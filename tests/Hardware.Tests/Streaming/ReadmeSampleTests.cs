using System.Runtime.CompilerServices;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class ReadmeSampleTests
{
    [Fact]
    public void The_readmes_sample_is_the_code_below_which_compiles()
    {
        string here = File.ReadAllText(ThisFile()), readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "README.md"));
        string sample = readme.Split("```csharp\n")[1].Split("```")[0];
        string body = sample[sample.IndexOf("using IStereoSource", StringComparison.Ordinal)..];

        Assert.Contains(Flat(body), Flat(here), StringComparison.Ordinal);
        Assert.InRange(sample.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 12);

        static string Flat(string code) => string.Join('\n', code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    internal static async Task SampleAsync()
    {
        using IStereoSource source = EventStreams.Open("tcp://127.0.0.1:4400", SimulatedRigs.Mvsec);
        using var engine = new EventEngine(StereoSpikeWeights.Load("tools/Cli/Assets/demo.safetensors"));
        await foreach (LiveFrame frame in new LiveDepth(engine).Run(source, new LiveSettings { StepUs = 10_000 }))
        {
            Console.WriteLine($"{frame.TimeUs} µs: {frame.Depth.Metres[(130 * 346) + 173]:F2} m ahead, {frame.LatencyMs:F0} ms ago");
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
