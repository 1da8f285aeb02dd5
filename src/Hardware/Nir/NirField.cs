namespace StereoSpike.Hardware;

/// <summary>A value of a NIR node: numbers of some shape, or a text.</summary>
public sealed record NirField
{
    private NirField(IReadOnlyList<int> shape, double[] numbers, bool whole, string? text) => (Shape, Numbers, IsWhole, Text) = (shape, numbers, whole, text);

    /// <summary>Sides; empty for a scalar or a text.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The numbers, last side fastest; empty for a text.</summary>
    public double[] Numbers { get; }

    /// <summary>Whether the numbers are integers in the file.</summary>
    public bool IsWhole { get; }

    /// <summary>The text; null for numbers.</summary>
    public string? Text { get; }

    /// <summary>Real numbers.</summary>
    public static NirField Real(IReadOnlyList<int> shape, IEnumerable<double> numbers) => new(shape, [.. numbers], false, null);

    /// <summary>Integers.</summary>
    public static NirField Whole(IReadOnlyList<int> shape, IEnumerable<double> numbers) => new(shape, [.. numbers], true, null);

    /// <summary>Integers in a row.</summary>
    public static NirField Whole(params int[] numbers) => Whole([numbers.Length], numbers.Select(number => (double)number));

    /// <summary>A text.</summary>
    public static NirField Of(string text) => new([], [], false, text);
}
