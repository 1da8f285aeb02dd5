namespace StereoSpike.Training;

/// <summary>Constants of a single-spike network's training by surrogate gradients.</summary>
public sealed record TtfsTrainingSettings
{
    /// <summary>Passes over the images; 0 keeps the first weights, a control.</summary>
    public int Epochs { get; init => field = Guard.AtLeast(value, 0); } = 10;

    /// <summary>Adam's step at its highest: it rises over the first <see cref="WarmUpShare"/> of the run and falls along half a cosine to 0.</summary>
    public float LearningRate { get; init => field = Guard.Above(value, 0f); } = 2e-3f;

    /// <summary>Share of the run over which the step rises in a straight line.</summary>
    public double WarmUpShare { get; init => field = Guard.Within(value, 0.0, 1.0); } = 0.05;

    /// <summary>Images a step.</summary>
    public int Batch { get; init => field = Guard.Within(value, 1, 4096); } = 64;

    /// <summary>Share of a weight that every step takes off it, in units of the step's size.</summary>
    public float Decay { get; init => field = Guard.AtLeast(value, 0f); } = 0.01f;

    /// <summary>Deviation of every layer's potentials at the start, in thresholds; see <see cref="TtfsStart"/>.</summary>
    public float StartDeviation { get; init => field = Guard.Above(value, 0f); } = 0.5f;

    /// <summary>Images are moved by up to this many pixels up, down, left and right, drawn anew at every look.</summary>
    public int Shift { get; init => field = Guard.Within(value, 0, 64); } = 2;

    /// <summary>Whether every second image, drawn anew at every look, is shown with left and right exchanged: clothes allow it, digits do not.</summary>
    public bool Mirror { get; init; }

    /// <summary>Share of the true class's probability that the other classes' targets get.</summary>
    public float LabelSmoothing { get; init => field = Guard.Within(value, 0f, 0.5f); }

    /// <summary>Images at the end of the training set that only choose the best epoch.</summary>
    public int ValidationImages { get; init => field = Guard.AtLeast(value, 0); } = 5000;

    /// <summary>Seed of weights, orders and shifts.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The step at a point of the run.</summary>
    /// <param name="done">Share of the run that is done, 0 to 1.</param>
    public double LearningRateAt(double done) => LearningRate * (done < WarmUpShare ? done / WarmUpShare : 0.5 * (1.0 + Math.Cos(Math.PI * (done - WarmUpShare) / Math.Max(1e-9, 1.0 - WarmUpShare))));
}
