namespace StereoSpike.Model;

/// <summary>How far a convolution over time and bands reaches.</summary>
/// <remarks>With k taps at a dilation of d steps, an output sees steps t − left, t − left + d, …: left is (k − 1)·d if causal, ⌊(k − 1)·d / 2⌋ if not. Bands are padded on both sides like the latter. Steps and bands
/// outside are 0, so an output has as many of both as the input.</remarks>
public sealed record TemporalKernel
{
    /// <summary>Taps over time, 1 to 64.</summary>
    public int Steps { get; init => field = Guard.Within(value, 1, 64); } = 1;

    /// <summary>Taps over bands, 1 to 16.</summary>
    public int Bands { get; init => field = Guard.Within(value, 1, 16); } = 1;

    /// <summary>Steps between two taps, 1 to 1024.</summary>
    public int StepDilation { get; init => field = Guard.Within(value, 1, 1024); } = 1;

    /// <summary>Bands between two taps, 1 to 1024.</summary>
    public int BandDilation { get; init => field = Guard.Within(value, 1, 1024); } = 1;

    /// <summary>Whether an output looks at no later step than its own.</summary>
    public bool Causal { get; init; }

    /// <summary>Steps from the first tap to the output's own.</summary>
    internal int StepsBefore => Causal ? (Steps - 1) * StepDilation : (Steps - 1) * StepDilation / 2;

    /// <summary>Bands from the first tap to the output's own.</summary>
    internal int BandsBefore => (Bands - 1) * BandDilation / 2;
}
