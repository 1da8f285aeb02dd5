namespace StereoSpike.Readout;

/// <summary>How far an engine is from a reference file.</summary>
public sealed record ReferenceReport
{
    /// <summary>Spikes, and sums of spikes, that differ though the neuron was not at its threshold.</summary>
    public required long SpikeMismatches { get; init; }

    /// <summary>Spikes that differ where |v − v_threshold| is under 1e-5: rounding, not error. The comparison goes on with the reference's spike.</summary>
    public required long SpikeTies { get; init; }

    /// <summary>Largest difference of a readout, in the potential's unit.</summary>
    public required double DepthMaxAbs { get; init; }

    /// <summary>What <see cref="DepthMaxAbs"/> may be: 1e-4·max(1, max|depth|).</summary>
    public required double DepthTolerance { get; init; }

    /// <summary>Relative difference of the loss; null for an engine that has none.</summary>
    public double? LossRel { get; init; }

    /// <summary>Relative difference of the spike penalty; null for an engine that has none.</summary>
    public double? PenaltyRel { get; init; }

    /// <summary>Largest over the tensors of max|g − g*| / max|g*|; null for an engine without a backward pass.</summary>
    public double? GradientMaxRel { get; init; }

    /// <summary>Whether everything that was compared is within tolerance: no mismatch, depths as above, loss and penalty to 1e-5, gradients to 1e-3.</summary>
    public bool Passed => SpikeMismatches == 0
        && DepthMaxAbs <= DepthTolerance
        && LossRel is null or <= 1e-5
        && PenaltyRel is null or <= 1e-5
        && GradientMaxRel is null or <= 1e-3;
}
