namespace StereoSpike.Model;

/// <summary>Which source pixels a convolution reads along one axis, with a nearest resize before it or without.</summary>
/// <remarks>
/// Behind a resize the index map is <see cref="NearestResize"/>'s. The few different <see cref="Patterns"/> (five an axis for StereoSpike's 5×5 kernels, seven for 7×7) are read off this map.
/// </remarks>
public sealed class AxisTaps
{
    private readonly int[] _first;
    private readonly int[] _pattern;
    private readonly int _source;

    /// <summary>Lays a kernel over an axis.</summary>
    /// <param name="source">Source pixels, at least 1.</param>
    /// <param name="resized">Pixels after a nearest resize, or null where there is none.</param>
    /// <param name="kernel">Taps, at least 1.</param>
    /// <param name="stride">Stride, at least 1.</param>
    /// <param name="padding">Zeros on each side, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or the kernel does not fit.</exception>
    public AxisTaps(int source, int? resized, int kernel, int stride, int padding)
    {
        _source = Guard.AtLeast(source, 1);
        Kernel = Guard.AtLeast(kernel, 1);
        int convolved = Guard.AtLeast(resized ?? source, 1), covered = Guard.AtLeast(convolved + (2 * Guard.AtLeast(padding, 0)) - kernel, 0, nameof(kernel));
        Outputs = (covered / Guard.AtLeast(stride, 1)) + 1;
        _first = new int[Outputs];
        _pattern = new int[Outputs];
        var patterns = new List<TapPattern>();
        for (int i = 0; i < Outputs; i++)
        {
            int[] places = [.. Enumerable.Range((i * stride) - padding, kernel).Select(place => resized is null ? place : place < 0 || place >= resized ? -1 : NearestResize.Source(place, source, resized.Value))];
            _first[i] = resized is null ? places[0] : places.Where(place => place >= 0).DefaultIfEmpty(0).First();
            int[] offsets = [.. places.Select(place => resized is not null && place < 0 ? -1 : place - _first[i])];
            _pattern[i] = patterns.FindIndex(known => known.Offsets.SequenceEqual(offsets));
            if (_pattern[i] < 0)
            {
                _pattern[i] = patterns.Count;
                patterns.Add(new TapPattern(offsets));
            }
        }

        Patterns = patterns;
    }

    /// <summary>Taps.</summary>
    public int Kernel { get; }

    /// <summary>Output pixels.</summary>
    public int Outputs { get; }

    /// <summary>The different ways in which taps fall.</summary>
    public IReadOnlyList<TapPattern> Patterns { get; }

    /// <summary>Source pixel that a pattern's offset 0 stands for; without a resize it may lie on the padding, before 0.</summary>
    /// <param name="output">Output pixel.</param>
    public int First(int output) => _first[output];

    /// <summary>Which of <see cref="Patterns"/> an output pixel has.</summary>
    /// <param name="output">Output pixel.</param>
    public int Pattern(int output) => _pattern[output];

    /// <summary>Source pixel that a tap falls on; −1 on padding.</summary>
    /// <param name="output">Output pixel.</param>
    /// <param name="tap">Tap.</param>
    public int Source(int output, int tap)
    {
        int offset = Patterns[_pattern[output]].Offsets[tap], place = _first[output] + offset;
        return offset < 0 || place < 0 || place >= _source ? -1 : place;
    }
}
