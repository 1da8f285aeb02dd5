namespace StereoSpike.Training;

/// <summary>The three splits of MVSEC's indoor_flying sequences that depth from events is reported on.</summary>
/// <remarks>
/// Source: Tulyakov, Fleuret, Kiefel, Gehler, Hirsch, "Learning an Event Sequence Embedding for Dense Event-Based Deep Stereo", ICCV 2019, and the authors' code
/// (github.com/tlkvstepan/event_stereo_ICCV2019, src/dense_deep_event_stereo/dataset.py, commit 9a57905): label numbers count depth maps from 0; test labels are those of
/// Zhu, Chen, Daniilidis, "Realtime Time Synchronized Event-based Stereo", ECCV 2018; training labels leave still frames out. That code shuffles the tested sequence's labels with
/// <c>random.seed(0); random.shuffle(…)</c> and takes the first 200 for validation: <see cref="ValidationRule.Tulyakov"/> draws the very same ones.
/// StereoSpike's code (github.com/urancon/StereoSpike, datasets/MVSEC/indices.py) keeps the 200-label rule with lists of its own, whose numbers count windows of its own grid
/// and not depth maps, and starts its ranges one label earlier: those lists are not reproduced.
/// </remarks>
public static class MvsecSplit
{
    private const int ValidationLabels = 200, GapLabels = 20;
    private static readonly (int First, int Last)[] Training = [(80, 1259), (160, 1579), (125, 1814)];
    private static readonly (int First, int Last)[] Tested = [(140, 1200), (120, 1420), (73, 1615)];

    /// <summary>A split by its number.</summary>
    /// <param name="number">1, 2 or 3: which sequence is tested; the two others are learned from.</param>
    /// <param name="validation">How validation labels are taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no split of that number.</exception>
    public static DataSplit IndoorFlying(int number, ValidationRule validation)
    {
        Guard.Within(number, 1, Tested.Length, "split");
        var nothing = new LabelSet([]);
        (int first, int last) = Tested[number - 1];
        int[] labels = [.. Enumerable.Range(first, last - first + 1)];
        if (validation == ValidationRule.Tulyakov)
        {
            new PythonRandom(seed: 0).Shuffle(labels);
        }

        var chosen = new LabelSet(labels.Take(ValidationLabels));
        var test = new LabelSet(labels.Skip(ValidationLabels + (validation == ValidationRule.Blocked ? GapLabels : 0)));
        string rule = validation == ValidationRule.Tulyakov
            ? $"{ValidationLabels} of its labels drawn at random for validation, the others tested"
            : $"its first {ValidationLabels} labels for validation, {GapLabels} left out, the others tested";
        return new DataSplit(
            $"indoor_flying split {number} (Tulyakov et al. 2019): tested on indoor_flying{number}, {rule}",
            [
                .. Enumerable.Range(1, Tested.Length).Select(sequence => sequence == number
                    ? new DataSplit.Part($"indoor_flying{sequence}", nothing, chosen, test)
                    : new DataSplit.Part($"indoor_flying{sequence}", LabelSet.Range(Training[sequence - 1].First, Training[sequence - 1].Last), nothing, nothing)),
            ]);
    }
}
