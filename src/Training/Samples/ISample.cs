namespace StereoSpike.Training;

/// <summary>A sample wherever it lies, in memory or in a file.</summary>
internal interface ISample
{
    /// <summary>The sample, in memory of its own; may be called from several threads at once.</summary>
    LabelledWindow Unpack();
}
