using System.Diagnostics;
using System.Globalization;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class CExportTests
{
    private const string Main = """
        #include "network.h"
        #include <stdio.h>
        int main(void)
        {
            static int32_t input[SS_INPUTS];
            static int64_t output[SS_OUTPUTS];
            for (int i = 0; i < SS_INPUTS; i++)
                if (scanf("%d", &input[i]) != 1) return 1;
            ss_run(input, output);
            for (int i = 0; i < SS_OUTPUTS; i++) printf("%lld\n", (long long)output[i]);
            return 0;
        }
        """;

    [CompilerFact]
    public void The_compiled_header_gives_the_references_bits()
    {
        foreach ((ConvolutionKind kind, int bits, int downsample) in ((ConvolutionKind, int, int)[])[(ConvolutionKind.Dense, 8, 2), (ConvolutionKind.Separable, 12, 1)])
        {
            using var folder = new TemporaryFolder();
            StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings with { Kind = kind, Downsample = downsample });
            IntegerProgram program = IntegerProgram.Compile(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, new QuantizationSettings { WeightBits = bits });
            int[] input = [.. Enumerable.Range(0, program.Graph.Input.Shape.Count).Select(i => i % 5 == 0 ? 1 + (i % 3) : 0)];
            var reference = new IntegerReference(program);
            reference.Step(input);

            CExport.Write(folder.File("network.h"), program);
            File.WriteAllText(folder.File("main.c"), Main);
            Run("cc", "", "-std=c99", "-O1", "-Wall", "-Werror", "-o", folder.File("network"), folder.File("main.c"));
            string answer = Run(folder.File("network"), string.Join(' ', input));

            long[] found = [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
            Assert.Equal(reference.Values(StereoSpikeNetwork.Readout).ToArray(), found);
            Assert.True(found.Distinct().Count() > 10);   // spikes reach the readout
        }
    }

    [Fact]
    public void A_network_of_two_answers_is_refused_by_their_names()
    {
        using var folder = new TemporaryFolder();
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 2, 2));
        builder.Fire("one", builder.Input, new NeuronSettings());
        builder.Fire("two", builder.Input, new NeuronSettings());
        IntegerProgram program = IntegerProgram.Compile(builder.Build(), new Dictionary<string, WeightTensor>(), new QuantizationSettings());

        Assert.Contains("one, two", Assert.Throws<NotSupportedException>(() => CExport.Write(folder.File("network.h"), program)).Message, StringComparison.Ordinal);
    }

    private static string Run(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Result;
    }
}
