namespace StereoSpike.Readout;

/// <summary>A colour for every number from 0 to 1.</summary>
/// <remarks>Kept as every eighth colour of the published table of 256 and interpolated between them: at most 3/255 from the table.</remarks>
public sealed class ColourMap
{
    private const int Size = 256;

    private readonly Colour[] _colours;

    private ColourMap(IEnumerable<Colour> colours) => _colours = [.. colours];

    /// <summary>
    /// Blue over green and yellow to red: many colours, so that neighbouring depths differ visibly. Depth is drawn in it.
    /// Source: A. Mikhailov, "Turbo, an improved rainbow colormap for visualization", Google Research, 2019 (Apache-2.0).
    /// </summary>
    public static ColourMap Turbo { get; } = new(Interpolate(
    [
        0x30123B, 0x392A73, 0x4040A2, 0x4456C7, 0x466BE3, 0x4680F6, 0x4294FF, 0x37A8FA, 0x28BCEB, 0x1CCDD8, 0x18DDC2,
        0x1FE9AF, 0x32F298, 0x4EF97D, 0x6DFE62, 0x8BFF4B, 0xA4FC3C, 0xB9F635, 0xCDEC34, 0xDFDF37, 0xEECF3A, 0xF8BE39,
        0xFDAC34, 0xFE962B, 0xFB7E21, 0xF46617, 0xEB500E, 0xDF3F08, 0xD02F05, 0xBE2102, 0xA91601, 0x920B01, 0x7A0403,
    ]));

    /// <summary>
    /// Black over violet to pale yellow, ever lighter: more looks like more, in grey print too. Errors are drawn in it.
    /// Source: N. Smith and S. van der Walt, matplotlib 1.5, 2015 (CC0).
    /// </summary>
    public static ColourMap Magma { get; } = new(Interpolate(
    [
        0x000004, 0x030312, 0x0A0822, 0x130D34, 0x1D1147, 0x29115A, 0x36106B, 0x440F76, 0x51127C, 0x5D177F, 0x6A1C81,
        0x762181, 0x832681, 0x902A81, 0x9C2E7F, 0xAA337D, 0xB73779, 0xC43C75, 0xD0416F, 0xDC4869, 0xE75263, 0xEF5D5E,
        0xF56B5C, 0xF9795D, 0xFC8961, 0xFD9869, 0xFEA772, 0xFEB67C, 0xFEC488, 0xFED395, 0xFDE2A3, 0xFCF0B2, 0xFCFDBF,
    ]));

    /// <summary>The colour of OFF over black to the colour of ON, straight.</summary>
    public static ColourMap Polarity { get; } = new(Enumerable.Range(0, Size).Select(i =>
    {
        double share = ((2.0 * i) / (Size - 1)) - 1;
        return Faded(share < 0 ? EventPicture.Off : EventPicture.On, Math.Abs(share));
    }));

    /// <summary>The same colours from the other end.</summary>
    public ColourMap Reversed() => new(_colours.Reverse());

    /// <summary>The colour of a number.</summary>
    /// <param name="value">0..1; what lies outside takes the colour of the nearer end, and NaN <see cref="Colour.Unknown"/>.</param>
    public Colour At(double value) =>
        double.IsNaN(value) ? Colour.Unknown : _colours[(int)Math.Round(Math.Clamp(value, 0.0, 1.0) * (Size - 1))];

    private static IEnumerable<Colour> Interpolate(uint[] knots)
    {
        for (int i = 0; i < Size; i++)
        {
            // The knots are the table's entries 0, 8, …, 248 and 255.
            int knot = i / 8;
            double share = (i - (8.0 * knot)) / (knot == knots.Length - 2 ? 7.0 : 8.0);
            (Colour from, Colour to) = (Colour.FromHex(knots[knot]), Colour.FromHex(knots[knot + 1]));
            yield return new Colour(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));
        }
    }

    private static Colour Faded(Colour colour, double share) => new(Mix(0, colour.Red, share), Mix(0, colour.Green, share), Mix(0, colour.Blue, share));

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * share));
}
