namespace StereoSpike;

/// <summary>The pixel array of a camera.</summary>
public readonly record struct SensorSize
{
    /// <summary>The longest side an event can address: its coordinates are 16 bits, and no event camera comes near it.</summary>
    public const int MaximumSide = 16_384;

    /// <summary>Makes a size.</summary>
    /// <param name="width">Columns, 1 to <see cref="MaximumSide"/>.</param>
    /// <param name="height">Rows, 1 to <see cref="MaximumSide"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either is outside its range.</exception>
    public SensorSize(int width, int height)
    {
        Width = Guard.Within(width, 1, MaximumSide, nameof(width));
        Height = Guard.Within(height, 1, MaximumSide, nameof(height));
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Number of pixels.</summary>
    public int Pixels => Width * Height;

    /// <summary>Whether a pixel lies on the sensor.</summary>
    /// <param name="x">Column, 0 at the left.</param>
    /// <param name="y">Row, 0 at the top.</param>
    public bool Contains(int x, int y) => (uint)x < (uint)Width && (uint)y < (uint)Height;

    /// <inheritdoc/>
    public override string ToString() => $"{Width}×{Height}";
}
