namespace StereoSpike.Training;

/// <summary>How long ranks need to sum their gradients over a network, and what that leaves of their speed: a model, not a measurement.</summary>
/// <param name="LatencySeconds">α: time of an empty message, s, at least 0.</param>
/// <param name="BytesPerSecond">β: bandwidth of one rank's link in each direction, bytes/s, greater than 0.</param>
/// <remarks><code>
/// T(N, n) = 2(N − 1)·α + 2·(N − 1)/N · n/β          all-reduce of n bytes around a ring of N
/// S(N) = C + R·2⌈log₂ N⌉·α + max(T − H, 0)          a step: computing, R small sums (by doubling), and what of T computing does not hide; H = 0 hides nothing
/// </code>
/// Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", J. Parallel Distrib. Comput. 69, 2009 (the ring); Thakur, Rabenseifner and Gropp,
/// "Optimization of Collective Communication Operations in MPICH", Int. J. High Perform. Comput. Appl. 19, 2005 (α and β).</remarks>
public sealed record AllReduceModel(double LatencySeconds, double BytesPerSecond)
{
    /// <summary>Small sums in a step: of the loss, of up to three of its terms, and of the wish to stop.</summary>
    public const int SmallSums = 5;

    /// <summary>T, s.</summary>
    /// <param name="ranks">N, at least 1.</param>
    /// <param name="bytes">n.</param>
    public double Seconds(int ranks, double bytes) => (2.0 * (ranks - 1) * LatencySeconds) + (2.0 * (ranks - 1) / ranks * bytes / BytesPerSecond);

    /// <summary>S, s.</summary>
    /// <param name="ranks">N, at least 1.</param>
    /// <param name="bytes">Of all gradients.</param>
    /// <param name="computeSeconds">C: a step of one rank's batch on its own, s.</param>
    /// <param name="hiddenSeconds">H: how much of the sum may go on while the backward pass does, s; 0 to C.</param>
    public double StepSeconds(int ranks, double bytes, double computeSeconds, double hiddenSeconds)
    {
        int doublings = ranks > 1 ? (int)Math.Ceiling(Math.Log2(ranks)) : 0;
        return computeSeconds + (SmallSums * 2.0 * doublings * LatencySeconds) + Math.Max(Seconds(ranks, bytes) - hiddenSeconds, 0);
    }
}
