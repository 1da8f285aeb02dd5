namespace StereoSpike.Hardware;

/// <summary>Where along one axis the events of each source position go: pairs of a kernel's tap and a target position.</summary>
/// <remarks>Built once from stride, padding and sizes, so that borders and strides are in the table and not in the loop. A target t reads source t·stride − padding + tap.</remarks>
internal sealed class RoutingTable
{
    private readonly (int Tap, int Target)[][] _routes;

    private RoutingTable((int Tap, int Target)[][] routes) => _routes = routes;

    /// <summary>The routes of a source position.</summary>
    public (int Tap, int Target)[] this[int source] => _routes[source];

    /// <summary>Routes of a convolution along one axis.</summary>
    public static RoutingTable OfKernel(int sourceSide, int targetSide, int kernel, int stride, int padding) => new([.. Enumerable.Range(0, sourceSide).Select(source =>
        Enumerable.Range(0, kernel)
            .Where(tap => (source + padding - tap) % stride == 0)
            .Select(tap => (Tap: tap, Target: (source + padding - tap) / stride))
            .Where(route => source + padding - route.Tap >= 0 && route.Target < targetSide)
            .ToArray())]);

    /// <summary>Routes of a nearest-neighbour resize along one axis: each source goes to all targets that repeat it.</summary>
    public static RoutingTable OfResize(int sourceSide, int targetSide)
    {
        ILookup<int, int> targets = Model.NearestResize.Sources(sourceSide, targetSide).Select((source, target) => (source, target)).ToLookup(pair => pair.source, pair => pair.target);
        return new([.. Enumerable.Range(0, sourceSide).Select(source => targets[source].Select(target => (0, target)).ToArray())]);
    }
}
