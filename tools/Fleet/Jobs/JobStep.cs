namespace StereoSpike.Fleet;

/// <summary>What a job does of its recording.</summary>
public enum JobStep
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>A range of its frames.</summary>
    Part,

    /// <summary>Its ranges, which are done, become one result.</summary>
    Join,
}
