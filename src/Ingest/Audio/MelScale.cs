namespace StereoSpike.Ingest;

/// <summary>Frequencies as they are heard, after Slaney: linear below 1 kHz, logarithmic above.</summary>
/// <remarks><code>
/// mel(f) = 3·f / 200                              f &lt; 1000 Hz
/// mel(f) = 15 + 27·ln(f / 1000) / ln(6.4)         from 1000 Hz on
/// </code>
/// Source: M. Slaney, "Auditory Toolbox", Interval Research 1998-010; the same as librosa's with htk=False.</remarks>
public static class MelScale
{
    private const double LinearHz = 200.0 / 3.0, BreakHz = 1000.0, BreakMel = BreakHz / LinearHz;
    private static readonly double LogStep = Math.Log(6.4) / 27.0;

    /// <summary>Mel of a frequency.</summary>
    /// <param name="hz">At least 0.</param>
    public static double FromHz(double hz) => hz < BreakHz ? hz / LinearHz : BreakMel + (Math.Log(hz / BreakHz) / LogStep);

    /// <summary>Frequency of a mel, Hz.</summary>
    public static double ToHz(double mel) => mel < BreakMel ? mel * LinearHz : BreakHz * Math.Exp(LogStep * (mel - BreakMel));
}
