namespace StereoSpike.Model;

/// <summary>What flows along an edge in one step: [C,H,W], or [K] as K channels of one pixel.</summary>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public readonly record struct FeatureShape(int Channels, int Height, int Width)
{
    /// <summary>C·H·W.</summary>
    public int Count => checked(Channels * Height * Width);

    /// <summary>Where an element lies in an array of the shape [C,H,W].</summary>
    public int Index(int channel, int row, int column) => (((channel * Height) + row) * Width) + column;

    /// <inheritdoc/>
    public override string ToString() => $"[{Channels}, {Height}, {Width}]";
}
