using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary><see cref="AdamOptimizer"/>'s rule on the plain arrays of a series network, with values kept within their bounds.</summary>
/// <param name="parameters">What is learned.</param>
internal sealed class SeriesAdam(IReadOnlyList<SeriesParameter> parameters)
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private readonly float[][] _first = [.. parameters.Select(parameter => new float[parameter.Values.Length])];
    private readonly float[][] _second = [.. parameters.Select(parameter => new float[parameter.Values.Length])];
    private int _steps;

    /// <summary>Takes one step along the gradients.</summary>
    /// <param name="gradients">One array a parameter.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="clip">Every gradient's value is kept within ± this.</param>
    public void Step(float[][] gradients, double learningRate, float clip)
    {
        _steps++;
        float scale = (float)(learningRate / (1 - Math.Pow(Beta1, _steps))), second = (float)(1 - Math.Pow(Beta2, _steps));
        for (int p = 0; p < parameters.Count; p++)
        {
            if (!parameters[p].Learned)
            {
                continue;
            }

            float[] values = parameters[p].Values, gradient = gradients[p], m = _first[p], v = _second[p];
            (float minimum, float maximum) = (parameters[p].Minimum, parameters[p].Maximum);
            for (int i = 0; i < values.Length; i++)
            {
                float g = Math.Clamp(gradient[i], -clip, clip);
                m[i] = (Beta1 * m[i]) + ((1f - Beta1) * g);
                v[i] = (Beta2 * v[i]) + ((1f - Beta2) * g * g);
                values[i] = Math.Clamp(values[i] - (scale * m[i] / (MathF.Sqrt(v[i] / second) + Epsilon)), minimum, maximum);
            }
        }
    }
}
