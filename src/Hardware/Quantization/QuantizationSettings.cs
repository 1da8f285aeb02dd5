namespace StereoSpike.Hardware;

/// <summary>How a network is turned into integers.</summary>
public sealed record QuantizationSettings
{
    /// <summary>Bits of a weight with its sign, 2 to 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 2 to 16.</exception>
    public int WeightBits { get; init => field = Guard.Within(value, 2, 16); } = 8;

    /// <summary>Bits of a membrane potential with its sign, 12 to 32: it saturates at −2^(bits−1) and 2^(bits−1) − 1. With 32, one step from rest is compared exactly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 12 to 32.</exception>
    public int MembraneBits { get; init => field = Guard.Within(value, 12, 32); } = 32;

    /// <summary>What one unit of the integer input stands for, greater than 0: 1 for event counts, which then stay exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double InputScale { get; init => field = Guard.Above(value, 0.0); } = 1;

    /// <summary>Whether each depthwise convolution is multiplied into the pointwise one behind it before weights are rounded (<see cref="Model.SeparableFolding"/>): narrower sums, more weights.</summary>
    public bool FoldSeparable { get; init; }
}
