namespace StereoSpike.Training.Tests.Latency;

/// <summary>S4NN's and BS4NN's rules written out once more, in double, neuron by neuron and step by step: slow, and without any of the fast ones' devices.</summary>
internal sealed class PlainLatencyRule(double[,] hidden, double[,] output, int steps, int gamma, double decay, bool binary)
{
    private const double ScaleStep = 0.01;

    public double[,] Hidden { get; } = hidden;

    public double[,] Output { get; } = output;

    public double[] Scales { get; } = [5, 5];

    public void Learn(int[] input, int label, double learningRate)
    {
        int[] th = Times(input, Hidden, 0), to = Times(th, Output, 1);
        double[] delta = OutputErrors(to, label);
        double[] back = Teach(Output, th, to, delta, learningRate, 1);
        Teach(Hidden, input, th, Normalised(back), learningRate, 0);
    }

    private int[] Times(int[] input, double[,] w, int layer)
    {
        double threshold = binary ? 100 / Scales[layer] : 100;
        int[] times = new int[w.GetLength(0)];
        for (int j = 0; j < times.Length; j++)
        {
            times[j] = steps;
            for (int t = 0; t < steps - 1 && times[j] == steps; t++)
            {
                double v = 0;
                for (int i = 0; i < input.Length; i++)
                {
                    v += input[i] <= t ? (binary ? Math.Sign(w[j, i]) : w[j, i]) : 0;
                }

                times[j] = v > threshold ? t + 1 : steps;
            }
        }

        return times;
    }

    private double[] OutputErrors(int[] to, int label)
    {
        int m = to.Min();
        double[] target = [.. to.Select((t, o) => m == steps ? (o == label && !binary ? steps - gamma : steps) : o == label ? m : t - m < gamma ? Math.Min(m + gamma, steps) : t)];
        return Normalised([.. target.Select((t, o) => (t - to[o]) / steps)]);
    }

    private double[] Teach(double[,] w, int[] pre, int[] post, double[] delta, double learningRate, int layer)
    {
        double[] back = new double[pre.Length];
        double scale = 0;
        for (int j = 0; j < post.Length; j++)
        {
            for (int i = 0; i < pre.Length; i++)
            {
                double responsible = pre[i] < post[j] ? delta[j] : 0;
                w[j, i] = (w[j, i] - (learningRate * responsible)) * (1 - (learningRate * decay));
                back[i] += responsible * w[j, i];
                scale += responsible * Math.Sign(w[j, i]);
            }
        }

        Scales[layer] -= ScaleStep * scale / w.Length;
        return back;
    }

    private static double[] Normalised(double[] values)
    {
        double length = Math.Sqrt(values.Sum(value => value * value));
        return length > 0 ? [.. values.Select(value => value / length)] : values;
    }
}
