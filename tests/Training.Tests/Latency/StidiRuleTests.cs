using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Latency;

public class StidiRuleTests
{
    private const int Steps = 64, Pixels = 30, Hidden = 12, Tau = 8;
    private const float Threshold = 20f;

    [Fact]
    public void The_fast_rule_learns_what_the_formulas_say()
    {
        // The same steps in double, neuron by neuron, from the layer's own weights before each image; 200 images. Weights up to 60 in float: 1e-3 is far above what rounding leaves.
        var network = new LatencySettings { Method = LatencyMethod.Stidi, Height = 5, Width = 6, Hidden = Hidden, HiddenThreshold = Threshold, OutputThreshold = Threshold, Steps = Steps, RampSteps = Tau };
        var rule = new StidiRule(network, new LatencyTrainingSettings { Decay = 0f, OutputInitMaximum = 20f });
        var random = new Random(2);
        int learned = 0;
        for (int image = 0; image < 200; image++)
        {
            int label = random.Next(10);
            ushort[] times = [.. Enumerable.Range(0, Pixels).Select(i => (ushort)(i % 10 == label ? random.Next(10) : random.Next(Steps + 30)))];
            var spikes = new TimedSpike[Pixels];
            int count = new SpikeOrder(Steps).Sort(times, spikes);
            double[,] hidden = Matrix(rule, LatencySettings.HiddenWeights), output = Matrix(rule, LatencySettings.OutputWeights);

            bool wrong = rule.Learn(spikes.AsSpan(0, count), label, 0.2f);

            learned += Plain(times, label, hidden, output) ? 1 : 0;
            Near(hidden, Matrix(rule, LatencySettings.HiddenWeights));
            Near(output, Matrix(rule, LatencySettings.OutputWeights));
            Assert.True(wrong || count > 0);
        }

        Assert.InRange(learned, 50, 200);
    }

    [Fact]
    public void Charge_that_comes_at_once_is_another_rules() =>
        Assert.Throws<ArgumentException>(() => new StidiRule(new LatencySettings { Method = LatencyMethod.Stidi }, new LatencyTrainingSettings { Decay = 0f }));

    private static bool Plain(ushort[] input, int label, double[,] hidden, double[,] output)
    {
        (int[] th, double[] gh) = Fire([.. input.Select(time => Math.Min((int)time, Steps))], hidden);
        (int[] to, double[] go) = Fire(th, output);
        var errors = new float[10];
        if (!RelativeTargets.Errors([.. to.Select(time => (ushort)time)], label, Steps, 3, pushSilent: true, errors))
        {
            return false;
        }

        var back = new double[Hidden];
        for (int o = 0; o < 10; o++)
        {
            for (int h = 0; h < Hidden; h++)
            {
                double step = errors[o] * go[o];
                output[o, h] -= th[h] < Steps ? 0.2 * step * Ramp(to[o] - th[h]) : 0;
                back[h] += th[h] < Steps && to[o] > th[h] && to[o] - th[h] <= Tau ? step * output[o, h] : 0;
            }
        }

        double length = Math.Sqrt(back.Sum(error => error * error));
        for (int h = 0; h < Hidden && length > 0; h++)
        {
            for (int i = 0; i < Pixels; i++)
            {
                hidden[h, i] -= input[i] < Steps ? 0.2 * back[h] / length * gh[h] * Ramp(th[h] - input[i]) : 0;
            }
        }

        return true;
    }

    /// <summary>Times, and gains from the slopes there.</summary>
    private static (int[] Times, double[] Gains) Fire(int[] input, double[,] weights)
    {
        int[] times = new int[weights.GetLength(0)];
        double[] gains = new double[times.Length];
        for (int j = 0; j < times.Length; j++)
        {
            (times[j], gains[j]) = (Steps, 1);
            for (int t = 1; t < Steps && times[j] == Steps; t++)
            {
                double v = 0, slope = 0;
                for (int i = 0; i < input.Length; i++)
                {
                    v += input[i] < Steps ? weights[j, i] * Ramp(t - input[i]) : 0;
                    slope += input[i] < t && t - input[i] <= Tau ? weights[j, i] / Tau : 0;
                }

                (times[j], gains[j]) = v > Threshold ? (t, Threshold / Tau / Math.Max(slope, Threshold / Tau / 10)) : (Steps, 1);
            }
        }

        return (times, gains);
    }

    private static double Ramp(int elapsed) => Math.Clamp((double)elapsed / Tau, 0, 1);

    private static double[,] Matrix(StidiRule rule, string name)
    {
        WeightTensor tensor = rule.Export()[name];
        var matrix = new double[tensor.Shape[0], tensor.Shape[1]];
        for (int i = 0; i < tensor.Values.Length; i++)
        {
            matrix[i / tensor.Shape[1], i % tensor.Shape[1]] = tensor.Values[i];
        }

        return matrix;
    }

    private static void Near(double[,] expected, double[,] found) =>
        Assert.All(expected.Cast<double>().Zip(found.Cast<double>()), pair => Assert.InRange(pair.Second - pair.First, -1e-3, 1e-3));
}
