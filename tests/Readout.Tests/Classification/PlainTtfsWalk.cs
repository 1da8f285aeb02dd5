using StereoSpike.Model;

namespace StereoSpike.Readout.Tests.Classification;

/// <summary>A single-spike network walked step by step, from the tensors as a file has them: slopes, potentials, falling thresholds and a fire mask; slow, and without any of the fast one's devices.</summary>
internal sealed class PlainTtfsWalk(TtfsWeights weights)
{
    private readonly int _steps = weights.Settings.Steps;

    /// <summary>Steps of each firing layer, shape [H,W,K].</summary>
    public List<ushort[]> Times { get; } = [];

    /// <summary>The outputs' potentials.</summary>
    public double[] Run(ushort[] input)
    {
        (int channels, int height, int width) = (weights.Settings.Channels, weights.Settings.Height, weights.Settings.Width);
        var spikes = new List<(int Step, int C, int Y, int X, double Share)>();
        for (int i = 0; i < input.Length; i++)
        {
            spikes.Add((input[i], i / (height * width), i / width % height, i % width, 1.0));
        }

        int number = 0;
        TtfsStage[] stages = [.. weights.Settings.Stages];
        for (int s = 0; s < stages.Length; s++)
        {
            if (stages[s].Kind == TtfsStageKind.AveragePooling)
            {
                continue;
            }

            bool connected = stages[s].Kind == TtfsStageKind.FullyConnected;
            double[,,] potentials = Charge(++number, spikes, channels, height, width, connected);
            (channels, height, width) = (potentials.GetLength(0), potentials.GetLength(1), potentials.GetLength(2));
            int block = s + 1 < stages.Length && stages[s + 1].Kind == TtfsStageKind.AveragePooling ? stages[s + 1].Size : 1;
            spikes = Fire(potentials, block);
            (height, width) = (height / block, width / block);
        }

        double[,,] outputs = Charge(++number, spikes, channels, height, width, connected: true);
        return [.. outputs.Cast<double>()];
    }

    /// <summary>One window: spikes start ramps, ramps raise potentials.</summary>
    private double[,,] Charge(int number, List<(int Step, int C, int Y, int X, double Share)> spikes, int channels, int height, int width, bool connected)
    {
        WeightTensor weight = weights.Tensors[$"layer{number}.weight"], bias = weights.Tensors[$"layer{number}.bias"];
        int neurons = weight.Shape[0], kernel = connected ? 1 : weight.Shape[2], reach = kernel / 2;
        double[,,] potentials = new double[neurons, connected ? 1 : height, connected ? 1 : width], slopes = new double[neurons, connected ? 1 : height, connected ? 1 : width];
        for (int t = 0; t < _steps; t++)
        {
            foreach ((int step, int c, int y, int x, double share) in spikes)
            {
                for (int j = 0; step == t && j < neurons; j++)
                {
                    for (int tap = 0; tap < kernel * kernel; tap++)
                    {
                        (int a, int b) = (tap / kernel, tap % kernel);
                        (int toY, int toX) = connected ? (0, 0) : (y - a + reach, x - b + reach);
                        if (toY >= 0 && toX >= 0 && toY < potentials.GetLength(1) && toX < potentials.GetLength(2))
                        {
                            int index = connected ? (((j * channels) + c) * height * width) + (y * width) + x : (((j * channels) + c) * kernel * kernel) + tap;
                            slopes[j, toY, toX] += weight.Values[index] * share / _steps;
                        }
                    }
                }
            }

            Walk(potentials, (j, y, x) => potentials[j, y, x] += slopes[j, y, x]);
        }

        Walk(potentials, (j, y, x) => potentials[j, y, x] += bias.Values[j]);
        return potentials;
    }

    /// <summary>The next window: the threshold falls, and who has fired stays silent. A pooled spike goes on with its share; what a block at the edge lacks is dropped.</summary>
    private List<(int Step, int C, int Y, int X, double Share)> Fire(double[,,] potentials, int block)
    {
        (int neurons, int height, int width) = (potentials.GetLength(0), potentials.GetLength(1), potentials.GetLength(2));
        var times = new ushort[height * width * neurons];
        Array.Fill(times, (ushort)_steps);
        var fired = new bool[neurons, height, width];
        var spikes = new List<(int, int, int, int, double)>();
        for (int t = 0; t < _steps; t++)
        {
            double threshold = (_steps - t - 0.5) / _steps;
            int step = t;
            Walk(potentials, (j, y, x) =>
            {
                if (!fired[j, y, x] && potentials[j, y, x] >= threshold)
                {
                    fired[j, y, x] = true;
                    times[(((y * width) + x) * neurons) + j] = (ushort)step;
                    if (y / block < height / block && x / block < width / block)
                    {
                        spikes.Add((step, j, y / block, x / block, 1.0 / (block * block)));
                    }
                }
            });
        }

        Times.Add(times);
        return spikes;
    }

    private static void Walk(double[,,] shape, Action<int, int, int> visit)
    {
        for (int j = 0; j < shape.GetLength(0); j++)
        {
            for (int y = 0; y < shape.GetLength(1); y++)
            {
                for (int x = 0; x < shape.GetLength(2); x++)
                {
                    visit(j, y, x);
                }
            }
        }
    }
}
