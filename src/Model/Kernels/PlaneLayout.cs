namespace StereoSpike.Model;

/// <summary>How <see cref="PlaneConvolution"/> lays planes out in memory, so that every row that a vector loop meets is long enough and neighbours lie side by side.</summary>
/// <remarks>
/// Spread input: a row of zeros, then each source row with its columns padded or resized and sorted by <see cref="ColumnPhase"/>.
/// Gradient: a row of zeros, then each output row between margins of zeros.
/// </remarks>
internal sealed unsafe class PlaneLayout
{
    private const int Alignment = 16;   // floats; every lane count divides it
    private readonly ConvolutionGeometry _geometry;
    private readonly int _phasePitch, _rowPitch, _margin;

    /// <summary>Lays planes out.</summary>
    public PlaneLayout(ConvolutionGeometry geometry)
    {
        _geometry = geometry;
        _margin = (geometry.Kernel - 1) / geometry.Stride;
        OutWidth = RoundUp(geometry.OutColumns);
        PhaseWidth = RoundUp(geometry.Phases[0].Length);
        _phasePitch = RoundUp(Math.Max(PhaseWidth, OutWidth + _margin));
        _rowPitch = geometry.Stride * _phasePitch;
        InPlane = (geometry.InRows + 1) * _rowPitch;
        GradientPitch = RoundUp(PhaseWidth + _margin);
        GradientPlane = (geometry.OutRows + 1) * GradientPitch;
    }

    /// <summary>Output columns, rounded up to whole vectors.</summary>
    public int OutWidth { get; }

    /// <summary>Columns of the longest phase, rounded up to whole vectors.</summary>
    public int PhaseWidth { get; }

    /// <summary>Floats of a plane of the spread input.</summary>
    public int InPlane { get; }

    /// <summary>Floats of a plane of the gradient.</summary>
    public int GradientPlane { get; }

    /// <summary>Floats of a row of the gradient.</summary>
    public int GradientPitch { get; }

    /// <summary>Where the pixels that a kernel column meets in a source row begin.</summary>
    public int InputOffset(int row, int column) => ((row + 1) * _rowPitch) + (column % _geometry.Stride * _phasePitch) + (column / _geometry.Stride);

    /// <summary>Where the gradients that a kernel column meets in an output row begin; column 0 for the row itself.</summary>
    public int GradientOffset(int row, int column) => ((row + 1) * GradientPitch) + _margin - (column / _geometry.Stride);

    /// <summary>Spreads a plane out; what is padding must be zero already.</summary>
    public void SpreadInput(float* plane, float* spread)
    {
        for (int row = 0; row < _geometry.InRows; row++)
        {
            for (int phase = 0; phase < _geometry.Stride; phase++)
            {
                _geometry.Phases[phase].Spread(plane + (row * _geometry.InColumns), spread + InputOffset(row, phase));
            }
        }
    }

    /// <summary>Puts a plane of gradients between margins, which must be zero already.</summary>
    public void SpreadGradient(float* plane, float* spread)
    {
        for (int row = 0; row < _geometry.OutRows; row++)
        {
            new ReadOnlySpan<float>(plane + (row * _geometry.OutColumns), _geometry.OutColumns)
                .CopyTo(new Span<float>(spread + GradientOffset(row, 0), _geometry.OutColumns));
        }
    }

    private static int RoundUp(int length) => (length + Alignment - 1) / Alignment * Alignment;
}
