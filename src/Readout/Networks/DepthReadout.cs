namespace StereoSpike.Readout;

/// <summary>Turns the integrators' potential into depth, and depth into the target the potential learns.</summary>
/// <param name="settings">The network's unit, offset and scale.</param>
/// <param name="focalBaselinePxMetres">The recording's rig, px·m; greater than 0. Only a disparity network uses it.</param>
/// <remarks><code>
/// y = offset + scale · potential                                    in the network's unit
/// depth = y  |  exp(y)  |  focal·baseline / y                       metres, log metres, disparity
/// </code>
/// A readout answers within its range, <see cref="NearestMetres"/> to <see cref="FarthestMetres"/>: a potential beyond it reads as the nearer end, and a disparity of 0 or less as the far end.</remarks>
public sealed class DepthReadout(StereoSpikeSettings settings, double focalBaselinePxMetres)
{
    /// <summary>The nearest depth a readout gives, metres.</summary>
    public const float NearestMetres = 0.1f;

    /// <summary>The farthest depth a readout gives, metres.</summary>
    public const float FarthestMetres = 100f;

    private readonly double _focalBaseline = Guard.Above(focalBaselinePxMetres, 0.0);

    /// <summary>Reads a depth map off the potentials.</summary>
    /// <param name="potentials">Shape [H,W].</param>
    /// <returns>Metres, every pixel known.</returns>
    /// <exception cref="InvalidDataException">A potential is not a number.</exception>
    public DepthMap Read(ReadOnlySpan<float> potentials)
    {
        var metres = new float[potentials.Length];
        for (int i = 0; i < metres.Length; i++)
        {
            metres[i] = Metres(potentials[i]);
        }

        return new DepthMap(settings.Sensor, metres);
    }

    /// <summary>The value in the network's unit that stands for a depth; NaN for NaN.</summary>
    /// <param name="metres">Metres, greater than 0, or NaN.</param>
    public float Target(float metres) => settings.Unit switch
    {
        DepthUnit.LogMetres => MathF.Log(metres),
        DepthUnit.DisparityPx => (float)(_focalBaseline / metres),
        _ => metres,
    };

    /// <summary>The depth that a potential stands for, metres.</summary>
    /// <exception cref="InvalidDataException">The potential is not a number.</exception>
    public float Metres(float potential)
    {
        float y = settings.ReadoutOffset + (settings.ReadoutScale * potential);
        if (float.IsNaN(y))
        {
            throw new InvalidDataException("The network's potential is not a number: its weights are damaged or its training diverged. Use an earlier checkpoint.");
        }

        float metres = settings.Unit switch
        {
            DepthUnit.LogMetres => MathF.Exp(y),
            DepthUnit.DisparityPx => y > 0f ? (float)(_focalBaseline / y) : FarthestMetres,
            _ => y,
        };
        return Math.Clamp(metres, NearestMetres, FarthestMetres);
    }
}
