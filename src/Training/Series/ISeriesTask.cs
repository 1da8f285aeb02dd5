using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>A task over time series: how its data becomes samples, how they are split, which network it starts from.</summary>
public interface ISeriesTask
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>How inputs are made and samples are chosen, as one line of JSON; kept beside the weights.</summary>
    string Encoding { get; }

    /// <summary>Names of its ways to split samples, the first one the usual, each with a few words.</summary>
    IReadOnlyDictionary<string, string> Splits { get; }

    /// <summary>The network.</summary>
    SeriesSettings Network { get; }

    /// <summary>How it is trained.</summary>
    SeriesTrainingSettings Training { get; }

    /// <summary>Reads data.</summary>
    /// <param name="path">File or folder.</param>
    /// <exception cref="InvalidDataException">It is not what the task reads.</exception>
    SeriesSet Load(string path);

    /// <summary>Splits samples into those to learn from and those to be judged by, once or several times.</summary>
    /// <param name="samples">What <see cref="Load"/> returned.</param>
    /// <param name="split">One of <see cref="Splits"/>.</param>
    /// <param name="seed">Of what is drawn.</param>
    /// <exception cref="ArgumentException">There is no such split.</exception>
    IReadOnlyList<SeriesFold> Folds(SeriesSet samples, string split, int seed);

    /// <summary>What needs no learning, on the samples to be judged by: its name, and its accuracy or mean absolute error.</summary>
    IReadOnlyDictionary<string, double> Baselines(SeriesFold fold);

    /// <summary>Reads one file as one input or several.</summary>
    /// <param name="file">A file that needs no label.</param>
    /// <returns>What each input is called, and its values, shape [T,F,inputs].</returns>
    /// <exception cref="InvalidDataException">It is not what the task reads.</exception>
    IReadOnlyList<(string Name, float[] Input)> Encode(string file);

    /// <summary>Scores in the data's own unit, where values are predicted.</summary>
    /// <param name="input">What the network was given.</param>
    /// <param name="scores">What it said, shape [K].</param>
    IReadOnlyList<double> Predict(ReadOnlySpan<float> input, ReadOnlySpan<float> scores) => [.. scores.ToArray().Select(score => (double)score)];
}
