namespace StereoSpike.Readout;

/// <summary>A colour of a picture: red, green and blue, 0..255 each, in sRGB.</summary>
/// <param name="Red">0..255.</param>
/// <param name="Green">0..255.</param>
/// <param name="Blue">0..255.</param>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>What stands where nothing is known: a flat grey, which no colour map here comes near.</summary>
    public static readonly Colour Unknown = new(0x60, 0x60, 0x60);

    /// <summary>Makes a colour from its web notation without the #.</summary>
    internal static Colour FromHex(uint hex) => new((byte)(hex >> 16), (byte)(hex >> 8), (byte)hex);
}
