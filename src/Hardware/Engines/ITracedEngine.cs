using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>An engine that can be looked into, so that it can be compared with another framework's answers.</summary>
public interface ITracedEngine : IDepthEngine
{
    /// <summary>Runs one window and keeps what it came to inside.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    /// <param name="afterFiring">If given, is shown each firing node, its charged potentials and its spikes, all [C,H,W], in the network's order, and may return spikes to go on with:
    /// an engine that works layer by layer takes them.</param>
    /// <exception cref="ArgumentException">The input is not of the network's shape.</exception>
    EngineTrace Trace(float[] input, Func<GraphNode, float[], float[], float[]?>? afterFiring = null);
}
