public import Pages
public import Reconciliation

extension Difference: Named {
  public var phrase: Phrase {
    switch self {
    case .missingHere: .differenceMissingHere
    case .missingThere: .differenceMissingThere
    case .amountDiffers: .differenceAmountDiffers
    case .statusDiffers: .differenceStatusDiffers
    }
  }
}

extension ReconciliationRun.State: Named {
  public var phrase: Phrase {
    switch self {
    case .running: .runRunning
    case .notReady: .runNotReady
    case .failed: .runFailed
    case .complete: .runComplete
    }
  }
}
