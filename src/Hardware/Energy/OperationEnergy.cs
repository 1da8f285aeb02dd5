namespace StereoSpike.Hardware;

/// <summary>What one operation costs in a given arithmetic, in joules.</summary>
/// <remarks>
/// Figures for a 45 nm process at 0.9 V, from M. Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014: 8-bit addition 0.03 pJ and multiplication 0.2 pJ;
/// float32 addition 0.9 pJ and multiplication 3.7 pJ; reading 64 bits from SRAM 10 pJ at 8 KB, 20 pJ at 32 KB, 100 pJ at 1 MB. They compare designs; no chip was measured here.
/// Adding to a wider accumulator costs more than the 8-bit addition that the literature counts with.
/// </remarks>
public sealed record OperationEnergy
{
    private const double Picojoule = 1e-12;

    /// <summary>Name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Adding a weight to a potential.</summary>
    public required double AccumulateJoules { get; init; }

    /// <summary>Multiplying a weight by a value and adding.</summary>
    public required double MultiplyAccumulateJoules { get; init; }

    /// <summary>Bits of a weight, and of a dense network's activation.</summary>
    public required int WeightBits { get; init; }

    /// <summary>Bits of a potential.</summary>
    public required int PotentialBits { get; init; }

    /// <summary>Largest memory there is, bytes: what is larger lies in several, beside several cores. 32 KiB, as large as a neuromorphic core's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public double LargestMemoryBytes { get; init => field = Guard.AtLeast(value, 1.0); } = 32 << 10;

    /// <summary>8-bit weights and activations, 16-bit potentials.</summary>
    public static OperationEnergy EightBit { get; } = new()
    {
        Name = "int8",
        AccumulateJoules = 0.03 * Picojoule,
        MultiplyAccumulateJoules = 0.23 * Picojoule,
        WeightBits = 8,
        PotentialBits = 16,
    };

    /// <summary>float32 throughout, as nearly all of the literature counts.</summary>
    public static OperationEnergy SinglePrecision { get; } = new()
    {
        Name = "float32",
        AccumulateJoules = 0.9 * Picojoule,
        MultiplyAccumulateJoules = 4.6 * Picojoule,
        WeightBits = 32,
        PotentialBits = 32,
    };

    /// <summary>Reading or writing one bit of what takes a given size: the figure of the smallest of Horowitz's three memories that holds it, or <see cref="LargestMemoryBytes"/> of it.</summary>
    /// <param name="size">Size of what is stored, bytes.</param>
    public double MemoryJoulesPerBit(double size) => Joules(Math.Min(size, LargestMemoryBytes));

    private static double Joules(double bytes) => (bytes <= 8 << 10 ? 10.0 : bytes <= 32 << 10 ? 20.0 : 100.0) / 64 * Picojoule;
}
