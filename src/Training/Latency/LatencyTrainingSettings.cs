namespace StereoSpike.Training;

/// <summary>Constants of a latency network's training; the defaults are S4NN's for MNIST.</summary>
public sealed record LatencyTrainingSettings
{
    /// <summary>Passes over the images; 0 keeps the first weights, a control.</summary>
    public int Epochs { get; init => field = Guard.AtLeast(value, 0); } = 100;

    /// <summary>η of the first epoch.</summary>
    public float LearningRate { get; init => field = Guard.Above(value, 0f); } = 0.2f;

    /// <summary>Share of the epochs with that η; over the rest it falls in a straight line to a fiftieth. 1 is S4NN's constant η.</summary>
    public double ConstantShare { get; init => field = Guard.Within(value, 0.0, 1.0); } = 1.0;

    /// <summary>λ: share of every weight that is lost per image and unit of η.</summary>
    public float Decay { get; init => field = Guard.AtLeast(value, 0f); } = 1e-6f;

    /// <summary>γ: how many steps behind the right output the others should fire.</summary>
    public int Gamma { get; init => field = Guard.AtLeast(value, 1); } = 3;

    /// <summary>Hidden weights begin uniform from 0 to this.</summary>
    public float HiddenInitMaximum { get; init => field = Guard.Above(value, 0f); } = 5f;

    /// <summary>Output weights begin uniform from 0 to this.</summary>
    public float OutputInitMaximum { get; init => field = Guard.Above(value, 0f); } = 48f;

    /// <summary>When half of the hidden neurons should have fired at the start, as a share of T, 0 to 0.9: the hidden layer's threshold is then <see cref="LatencyCalibration"/>'s; null keeps the network's.</summary>
    public double? CalibrationShare { get; init => field = value is { } share ? Guard.Within(share, 0.0, 0.9) : null; }

    /// <summary>A hidden neuron that fires on less than this share of an epoch's images is drawn anew.</summary>
    public double DeadShare { get; init => field = Guard.Within(value, 0.0, 1.0); } = 0.001;

    /// <summary>Whether every epoch has an order of its own; S4NN's code takes the images as they come.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Over how many images the weights that are judged and kept are averaged; 0 judges those of the last image, as S4NN's code does. See <see cref="LatencyAverage"/>.</summary>
    public int AverageImages { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Images at the end of the training set that only choose the best epoch.</summary>
    public int ValidationImages { get; init => field = Guard.AtLeast(value, 0); } = 5000;

    /// <summary>Seed of weights and orders.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>η of an epoch, counted from 1.</summary>
    public float LearningRateAt(int epoch)
    {
        const double lowest = 0.02;
        double done = (double)epoch / Math.Max(1, Epochs), left = ConstantShare < 1.0 ? (1.0 - done) / (1.0 - ConstantShare) : 1.0;
        return LearningRate * (float)(lowest + ((1.0 - lowest) * Math.Min(1.0, left)));
    }
}
