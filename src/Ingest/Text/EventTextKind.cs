namespace StereoSpike.Ingest;

/// <summary>Simple event files that <see cref="EventTextFile"/> tells apart.</summary>
public enum EventTextKind
{
    /// <summary>Four columns, t x y p: one camera.</summary>
    Text,

    /// <summary>Five columns, t x y p camera: a stereo pair, as Dikov et al. publish theirs in <c>.dat</c> files.</summary>
    StereoText,

    /// <summary>Six columns, t x y p camera disparity: the real stereo pair of Xie, Chen and Orchard with a disparity for each event.</summary>
    EmpStereo,

    /// <summary>NumPy arrays <c>left</c> and <c>right</c> of shape (E, 4), t x y p.</summary>
    StereoNpz,
}
