using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Latency;

public class LatencyRuleTests
{
    private const int Images = 300;
    private const int Pixels = 144;

    [Theory]
    [InlineData(LatencyMethod.S4nn)]
    [InlineData(LatencyMethod.Bs4nn)]
    public void The_fast_rule_learns_what_the_plain_one_learns(LatencyMethod method)
    {
        // 300 images of 144 pixels, many of them with an error. The plain rule works in double, so the weights part slowly:
        // 300 steps of at most 0.2 with 2⁻²⁴ relative each, on weights of up to 100, stay far below 1e-2.
        bool binary = method == LatencyMethod.Bs4nn;
        var network = new LatencySettings { Method = method, Height = 12, Width = 12, Hidden = 40 };
        var settings = new LatencyTrainingSettings { Decay = binary ? 0f : 1e-4f, Gamma = 3, HiddenInitMaximum = binary ? 1f : 12f, OutputInitMaximum = binary ? 4f : 48f };
        ILatencyRule fast = binary ? new Bs4nnRule(network, settings) : new S4nnRule(network, settings);
        IReadOnlyDictionary<string, WeightTensor> drawn = new S4nnRule(network, settings).Export();   // the same draw, before signs are taken
        var plain = new PlainLatencyRule(Matrix(drawn[LatencySettings.HiddenWeights]), Matrix(drawn[LatencySettings.OutputWeights]), network.Steps, settings.Gamma, settings.Decay, binary);
        var random = new Random(5);
        var spikes = new TimedSpike[Pixels];
        var order = new SpikeOrder(network.Steps);
        int learned = 0;
        for (int n = 0; n < Images; n++)
        {
            int label = random.Next(10);
            ushort[] times = [.. Enumerable.Range(0, Pixels).Select(i => (ushort)(i % 10 == label ? random.Next(40) : random.Next(60, 400)))];

            learned += fast.Learn(spikes.AsSpan(0, order.Sort(times, spikes)), label, 0.2f) ? 1 : 0;
            plain.Learn([.. times.Select(time => Math.Min((int)time, network.Steps))], label, 0.2f);
        }

        Assert.InRange(learned, 15, Images);
        if (binary)
        {
            LatencySettings exported = fast.ExportSettings();
            Assert.Equal(100 / plain.Scales[0], exported.HiddenThreshold, 1e-4);
            Assert.Equal(100 / plain.Scales[1], exported.OutputThreshold, 1e-4);
        }

        IReadOnlyDictionary<string, WeightTensor> weights = fast.Export();
        Assert.InRange(WorstDifference(weights[LatencySettings.HiddenWeights], plain.Hidden, binary), 0, 1e-2);
        Assert.InRange(WorstDifference(weights[LatencySettings.OutputWeights], plain.Output, binary), 0, 1e-2);
    }

    [Theory]
    [InlineData(LatencyMethod.S4nn)]
    [InlineData(LatencyMethod.Bs4nn)]
    public void An_average_begins_at_the_first_weights_and_follows_those_that_are_learned(LatencyMethod method)
    {
        // Shares: 1 after image 1; after image 101, max(100/400, 100/(100 + 100)) = 1/2; after 201, 1/3. Averaging signs would not do: a real weight that wanders about 0 is 0, not ±1.
        bool binary = method == LatencyMethod.Bs4nn;
        var network = new LatencySettings { Method = method, Height = 2, Width = 2, Hidden = 3, HiddenThreshold = 4f };
        var settings = new LatencyTrainingSettings { Decay = 1e-3f, HiddenInitMaximum = binary ? 0.2f : 5f };
        ILatencyRule rule = binary ? new Bs4nnRule(network, settings) : new S4nnRule(network, settings);
        var average = new LatencyAverage(rule, horizon: 400);
        var expected = new float[12];
        for (int image = 1; image <= 201; image++)
        {
            rule.Learn([new TimedSpike((ushort)(image % 50), 0), new TimedSpike(60, (ushort)(1 + (image % 3)))], image % 10, 0.2f);
            average.Add();
            float share = image switch { 1 => 1f, 101 => 1f / 2, 201 => 1f / 3, _ => 0f };
            float[] learned = new float[rule.Network.Settings.Inputs * 16], unused = new float[3 * 16];
            rule.Average(learned, unused, 1f);
            for (int i = 0; i < 12; i++)
            {
                expected[i] += share * (learned[(i % 4 * 16) + (i / 4)] - expected[i]);
            }
        }

        float[] found = average.Export()[LatencySettings.HiddenWeights].Values;
        Assert.Equal(binary ? [.. expected.Select(w => (float)MathF.Sign(w))] : expected, found, (a, b) => Math.Abs(a - b) < 1e-4f);
        if (!binary)
        {
            float[] last = rule.Export()[LatencySettings.HiddenWeights].Values;
            Assert.True(last.Zip(found).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-3f), "the weights stood still, so this shows nothing");
        }
    }

    private static double[,] Matrix(WeightTensor tensor)
    {
        var matrix = new double[tensor.Shape[0], tensor.Shape[1]];
        for (int i = 0; i < tensor.Values.Length; i++)
        {
            matrix[i / tensor.Shape[1], i % tensor.Shape[1]] = tensor.Values[i];
        }

        return matrix;
    }

    private static double WorstDifference(WeightTensor fast, double[,] plain, bool signs) =>
        fast.Values.Zip(plain.Cast<double>()).Max(pair => Math.Abs(pair.First - (signs ? Math.Sign(pair.Second) : pair.Second)));
}
