namespace StereoSpike.Readout;

/// <summary>Adds up how well a classifier does.</summary>
/// <remarks>
/// With k outputs tied for the first spike, of which the right one is one, the inclusive accuracy counts 1 and the strict one 1/k: what breaking ties by lot would reach on average.
/// The inclusive one is that of S4NN's and BS4NN's published code. It rewards ties: a network with random weights, all of whose outputs fire in one step, is "right" nine times in ten.
/// </remarks>
public sealed class ClassificationScore
{
    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    private readonly double[,] _confusion = new double[Classes, Classes];
    private double _inclusive;
    private double _strict;
    private long _silent;
    private double _steps;

    /// <summary>Images scored so far.</summary>
    public long Images { get; private set; }

    /// <summary>Share of images whose class is among the first outputs, 0..1; NaN without images.</summary>
    public double AccuracyInclusive => _inclusive / Images;

    /// <summary>The same with a tie of k counted 1/k, 0..1; NaN without images.</summary>
    public double AccuracyStrict => _strict / Images;

    /// <summary>Share of images for which no output fired, 0..1; NaN without images.</summary>
    public double SilentShare => (double)_silent / Images;

    /// <summary>Mean step of the decision; T counts for the silent. NaN without images.</summary>
    public double MeanDecisionStep => _steps / Images;

    /// <summary>Adds what another score has counted.</summary>
    public void Add(ClassificationScore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int cell = 0; cell < Classes * Classes; cell++)
        {
            _confusion[cell / Classes, cell % Classes] += other._confusion[cell / Classes, cell % Classes];
        }

        (_inclusive, _strict, _silent, _steps, Images) = (_inclusive + other._inclusive, _strict + other._strict, _silent + other._silent, _steps + other._steps, Images + other.Images);
    }

    /// <summary>How many images of a class (first index) were taken for a class (second index); a tie of k counts 1/k for each.</summary>
    public double Confusion(int trueClass, int decidedClass) => _confusion[trueClass, decidedClass];

    /// <summary>Adds an image.</summary>
    /// <param name="decision">What the network decided.</param>
    /// <param name="labelOrder">The class that each output stands for.</param>
    /// <param name="label">The image's class.</param>
    public void Add(LatencyDecision decision, IReadOnlyList<int> labelOrder, int label)
    {
        ArgumentNullException.ThrowIfNull(labelOrder);
        double share = 1.0 / decision.Ties;
        for (int output = 0; output < labelOrder.Count; output++)
        {
            if (decision.Includes(output))
            {
                bool right = labelOrder[output] == label;
                _confusion[label, labelOrder[output]] += share;
                _inclusive += right ? 1.0 : 0.0;
                _strict += right ? share : 0.0;
            }
        }

        _silent += decision.Silent ? 1 : 0;
        _steps += decision.Step;
        Images++;
    }
}
